import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenApi } from '../../../src/api/docs/openapi.ts';
import { driversSchema, emergingSchema, quotesSchema } from '../../../src/api/insights/insightSchemas.ts';
import {
  experimentSchema,
  feedbackPageSchema,
  problemSchema,
  rankingSchema,
  readinessSchema,
  summarySchema,
  trendSchema,
} from '../../../src/api/reading/readingSchemas.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

let running: TestService;
let api: OpenApi;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  const feedback = Array.from({ length: 12 }, (_, n) => ({
    orgId: n % 2 ? 'acme' : 'globex',
    userId: `u-${n % 3}`,
    sessionId: `s-${n}`,
    overallRating: 1 + (n % 5),
    willingToPay: 'Yes, at $10',
    improvements: 'Great coach, but the calendar sync is slow.',
    experiment: 'new check-in',
    variant: n % 2 ? 'b' : 'a',
  }));
  await running.call('POST', '/v1/feedback/batch', { body: { feedback } });
  await running.stored(12);
  api = (await running.call('GET', '/openapi.json')).body;
});
afterAll(() => running.stop());

describe('GET /openapi.json', () => {
  it('refers only to schemas that it holds', () => {
    const references = JSON.stringify(api).match(/"#\/components\/schemas\/[^"]+"/g) ?? [];
    expect(references.length).toBeGreaterThan(10);
    for (const reference of references)
      expect(Object.keys(api.components.schemas)).toContain(reference.slice(1, -1).split('/').at(-1));
  });

  it('describes the fields of a feedback by the schema that validates them', () => {
    expect(api.components.schemas.Feedback).toMatchObject({
      additionalProperties: false,
      properties: { overallRating: { anyOf: [{ type: 'integer', minimum: 1, maximum: 5 }, { type: 'null' }] } },
    });
  });

  it('has every route, and each that needs a key refuses a call without one', async () => {
    for (const [path, methods] of Object.entries(api.paths))
      for (const [method, operation] of Object.entries(methods)) {
        const answer = await fetch(running.service.apiUrl + path.replace(/\{\w+\}/g, 'x'), {
          method,
          headers: { 'content-type': 'application/json' },
        });
        expect([path, answer.status === 401]).toEqual([path, operation.security.length > 0]);
      }
  });
});

describe('the response', () => {
  it.each([
    ['/v1/feedback?limit=5', feedbackPageSchema],
    ['/v1/summary', summarySchema],
    ['/v1/orgs/acme/summary', summarySchema],
    ['/v1/orgs/nobody/summary', summarySchema],
    ['/v1/users/u-1/trend?interval=week', trendSchema],
    ['/v1/orgs?rank=overallRating', rankingSchema('org')],
    ['/v1/users?willingToPay=yes', rankingSchema('user')],
    ['/v1/sessions?rank=lastAt&order=lowest', rankingSchema('session')],
    ['/v1/experiments/new%20check-in', experimentSchema],
    ['/v1/sessions?rank=shortfall&theme=calendar', rankingSchema('session')],
    ['/v1/drivers', driversSchema],
    ['/v1/orgs/nobody/drivers', driversSchema],
    ['/v1/emerging', emergingSchema],
    ['/v1/users/u-1/emerging?on=0001-01-01', emergingSchema],
    ['/v1/orgs/nobody/emerging', emergingSchema],
    ['/v1/themes/calendar/quotes', quotesSchema],
    ['/v1/sessions/nobody/themes/performance/quotes', quotesSchema],
    ['/v1/sessions/s-1/themes/nothing/quotes', problemSchema],
    ['/readyz', readinessSchema],
    ['/v1/orgs/acme/summary?color=red', problemSchema],
    ['/nowhere', problemSchema],
  ])('of %s matches its documented schema', async (path, schema) => {
    const { body } = await running.call('GET', path);
    expect(schema.safeParse(body).error?.issues).toBeUndefined();
  });
});

it('compares the variants of an experiment, and shows a key that is bound to an org only that org', async () => {
  const { body } = await running.call('GET', '/v1/experiments/new%20check-in');
  expect(body.variants.map(({ variant, count }: { variant: string; count: number }) => [variant, count])).toEqual([
    ['a', 6],
    ['b', 6],
  ]);
  const acme = await running.call('GET', '/v1/experiments/new%20check-in?orgId=acme');
  expect(acme.body.variants).toHaveLength(1);
  expect(acme.body.variants[0].ratings.overallRating.count).toBe(6);
});

it('names the allowed methods of a path in a 405', async () => {
  const answer = await fetch(`${running.service.apiUrl}/v1/feedback/batch`, { method: 'DELETE' });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
});

it('keeps the latest periods of a trend in spite of one stray feedback from long ago', async () => {
  await running.call('POST', '/v1/feedback', {
    body: { orgId: 'acme', overallRating: 1, createdAt: '2001-01-01' },
  });
  await running.stored(13);
  const { status, body } = await running.call('GET', '/v1/orgs/acme/trend');
  expect([status, body.periods.length, body.periods.at(-1).count]).toEqual([200, 1000, 6]);
});

it('serves the documentation as a page without scripts', async () => {
  const page = await fetch(`${running.service.apiUrl}/docs`);
  expect(page.headers.get('content-type')).toContain('text/html');
  const html = await page.text();
  expect(html).toContain('/v1/orgs/{id}/summary');
  expect(html).not.toMatch(/<script|undefined|\[object/);
});
