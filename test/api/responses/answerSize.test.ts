import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenApi } from '../../../src/api/docs/openapi.ts';
import {
  feedbackPageSchema,
  rankingSchema,
  summarySchema,
  trendSchema,
} from '../../../src/api/reading/readingSchemas.ts';
import { answerSizeOf } from '../../../src/api/responses/answerSize.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

let running: TestService;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  const feedback = Array.from({ length: 40 }, (_, n) => ({
    orgId: n % 3 ? 'acme' : 'globex',
    userId: `u-${n % 4}`,
    sessionId: `s-${n}`,
    overallRating: 1 + (n % 5),
    willingToPay: n % 2 ? 'Yes, at $10' : 'No',
    improvements: n % 4 ? 'Great coach, but the calendar sync is slow.' : 'The price is too high.',
    experiment: 'new check-in',
    variant: n % 2 ? 'b' : 'a',
    createdAt: `2026-09-${String(1 + (n % 20)).padStart(2, '0')}T10:00:00Z`,
  }));
  await running.call('POST', '/v1/feedback/batch', { body: { feedback } });
  await running.stored(40);
});
afterAll(() => running.stop());

const get = async (path: string) => {
  const { status, body } = await running.call('GET', path);
  return { status, body };
};

describe('fields', () => {
  it('of a summary are those that are asked for, and no others', async () => {
    const { body: whole } = await get('/v1/orgs/acme/summary');
    const { body } = await get('/v1/orgs/acme/summary?fields=count,ratings.overallRating.mean,population.count');
    expect(body).toEqual({
      count: whole.count,
      ratings: { overallRating: { mean: whole.ratings.overallRating.mean } },
      population: { count: whole.population.count },
    });
  });

  it.each([
    ['/v1/orgs?rank=overallRating', 'items', 'orgId'],
    ['/v1/users?orgId=acme', 'items', 'userId'],
    ['/v1/sessions?limit=3', 'items', 'sessionId'],
    ['/v1/orgs/acme/trend?interval=day', 'periods', 'from'],
    ['/v1/experiments/new%20check-in', 'variants', 'variant'],
  ])('of the items of %s are those that are asked for, beside what an item is about', async (path, list, key) => {
    const and = path.includes('?') ? '&' : '?';
    const { body: whole } = await get(path);
    const { body } = await get(`${path}${and}fields=count,themes.mentions,sentiment.mean`);
    expect(body[list].length).toBe(whole[list].length);
    expect({ ...body, [list]: 0 }).toEqual({ ...whole, [list]: 0 });
    for (const [n, item] of whole[list].entries()) {
      expect(body[list][n]).toEqual({
        [key]: item[key],
        ...(key === 'from' && { to: item.to }),
        count: item.count,
        sentiment: { mean: item.sentiment.mean },
        themes: item.themes.map(({ theme, mentions }: { theme: string; mentions: number }) => ({ theme, mentions })),
      });
    }
  });

  it('of a list of feedback leave its cursor alone', async () => {
    const { body } = await get('/v1/feedback?limit=2&fields=overallRating,analysis.sentiment.label');
    expect(Object.keys(body).sort()).toEqual(['items', 'matches', 'nextCursor', 'timeZone']);
    for (const item of body.items)
      expect(item).toEqual({
        id: expect.any(String),
        overallRating: expect.any(Number),
        analysis: { sentiment: { label: expect.any(String) } },
      });
  });

  it.each([
    ['/v1/summary?fields=cuont', 'cuont is not a field; did you mean count?'],
    ['/v1/trend?fields=count,overallRating', 'overallRating is not a field; did you mean ratings.overallRating'],
    ['/v1/orgs?fields=items.count', 'items.count is not a field'],
    ['/v1/feedback?fields=', 'must be names of fields'],
    ['/v1/feedback?fields=%3Cscript%3E', 'must be names of fields'],
    [`/v1/summary?fields=${'count,'.repeat(100)}count`, 'must name at most 100 fields'],
    ['/v1/drivers?fields=rated', 'is not a parameter'],
  ])('in %s are refused, and the refusal says how to fix it', async (path, message) => {
    const { status, body } = await get(path);
    expect([status, body.errors]).toEqual([400, [{ pointer: '/fields', message: expect.stringContaining(message) }]]);
    expect(body.errors[0].message).not.toContain('<');
  });

  it('are refused together with other faults of the query', async () => {
    const { body } = await get('/v1/orgs?fields=cuont&limit=0');
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(['/fields', '/limit']);
  });
});

describe('columns of a trend', () => {
  it('hold the figures of the rows', async () => {
    const { body: rows } = await get('/v1/trend?interval=day');
    const { body } = await get('/v1/trend?interval=day&layout=columns');
    const { columns, ...others } = body;
    expect({ ...others, periods: rows.periods }).toEqual(rows);
    for (const [n, period] of rows.periods.entries()) {
      expect([columns.from[n], columns.to[n], columns.count[n], columns.lastAt[n]]).toEqual([
        period.from,
        period.to,
        period.count,
        period.lastAt,
      ]);
      expect(columns.ratings.overallRating.distribution[n]).toEqual(period.ratings.overallRating.distribution);
      for (const [choice, counts] of Object.entries<number[]>(columns.choices.willingToPay))
        expect(counts[n]).toBe(period.choices.willingToPay[choice] ?? 0);
      for (const [name, { mentions }] of Object.entries<{ mentions: number[] }>(columns.themes))
        expect(mentions[n]).toBe(period.themes.find(({ theme }: { theme: string }) => theme === name)?.mentions ?? 0);
    }
  });

  it('are less than half as long', async () => {
    const [rows, columns] = await Promise.all([get('/v1/trend'), get('/v1/trend?layout=columns')]);
    expect(JSON.stringify(columns.body).length).toBeLessThan(JSON.stringify(rows.body).length / 2);
  });

  it('without any period are empty', async () => {
    const { status, body } = await get('/v1/orgs/nobody/trend?layout=columns&fields=count');
    expect([status, body.columns]).toEqual([200, { from: [], to: [], count: [] }]);
  });
});

describe('every form of a response', () => {
  it.each([
    ['/v1/summary?fields=count,themes', answerSizeOf(summarySchema, {}).response],
    ['/v1/users/u-1/summary?fields=population.ratings', answerSizeOf(summarySchema, {}).response],
    ['/v1/trend?fields=kinds.praise', sizeOfTrend().response],
    ['/v1/trend?layout=columns', sizeOfTrend().response],
    ['/v1/trend?layout=columns&fields=themes.sentiment.negative,choices', sizeOfTrend().response],
    ['/v1/orgs/nobody/trend?layout=columns', sizeOfTrend().response],
    [
      '/v1/users?fields=count&rank=shortfall',
      answerSizeOf(rankingSchema('user'), { list: 'items', keys: ['userId'] }).response,
    ],
    ['/v1/feedback?fields=improvements', answerSizeOf(feedbackPageSchema, { list: 'items', keys: ['id'] }).response],
  ])('matches its documented schema: %s', async (path, schema) => {
    const { status, body } = await get(path);
    expect([status, schema.safeParse(body).error?.issues]).toEqual([200, undefined]);
  });

  it('is in the OpenAPI document, with every name that is accepted', async () => {
    const api = (await get('/openapi.json')).body as OpenApi;
    const { parameters = [], responses } = api.paths['/v1/trend']?.get ?? {};
    const fields = parameters.find(({ name }) => name === 'fields');
    expect(fields).toMatchObject({ style: 'form', explode: false, schema: { type: 'array' } });
    expect(api.components.schemas.FieldOfTrend?.enum).toContain('ratings.overallRating.mean');
    expect(responses?.['200']?.content?.['application/json']?.schema.anyOf).toEqual(
      ['Trend', 'PartTrend', 'ColumnsTrend'].map((name) => ({ $ref: `#/components/schemas/${name}` })),
    );
    for (const name of (api.components.schemas.FieldOfTrend?.enum ?? []) as string[])
      expect([name, (await get(`/v1/trend?limit=1&fields=${name}`)).status]).toEqual([name, 200]);
  });
});

function sizeOfTrend() {
  return answerSizeOf(trendSchema, { list: 'periods', keys: ['from', 'to'], hasColumns: true });
}
