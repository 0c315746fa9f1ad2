import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportSchema } from '../../../src/api/erasure/erasureSchemas.ts';
import { acceptedSchema, batchResponseSchema, feedbackPageSchema } from '../../../src/api/reading/readingSchemas.ts';
import { areRankingsCurrent, KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

let running: TestService;
beforeAll(async () => {
  running = await startTestService(isolatedStores(), {
    EARLIEST_CREATED_AT: '2020-06-01',
    PSEUDONYM_KEY: 'a-key-for-pseudonyms-in-this-test',
  });
});
afterAll(() => running.stop());

const DAY_MS = 86_400_000;
const post = (body: unknown) => running.call('POST', '/v1/feedback', { body });
const search = async (query: Record<string, string>) =>
  (await running.call('GET', `/v1/feedback?${new URLSearchParams(query)}`)).body.items;
const countOf = async (query: Record<string, string>) => (await search(query)).length;

async function storedIn(orgId: string, count: number) {
  await until(async () => (await running.models.feedback.countDocuments({ orgId })) >= count, `${count} are stored`);
  await until(() => areRankingsCurrent(running.models), 'the rankings count all feedback');
}

async function load(body: string, type: string) {
  const response = await fetch(`${running.service.apiUrl}/v1/feedback/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEYS.ingest}`, 'content-type': type },
    body,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('feedback from a clock that is ahead', () => {
  it('is kept at its time of arrival, and says so in the response, in lists and in exports', async () => {
    const sent = new Date(Date.now() + 3 * DAY_MS).toISOString();
    const before = Date.now();
    const { status, body } = await post({ id: 'ahead', orgId: 'ahead', userId: 'u', uxRating: 4, createdAt: sent });
    expect([status, body.status, body.sentCreatedAt]).toEqual([202, 'accepted', sent]);
    expect(acceptedSchema.parse(body)).toEqual(body);
    expect(Date.parse(body.createdAt)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(body.createdAt)).toBeLessThanOrEqual(Date.now());
    await storedIn('ahead', 1);
    const { body: page } = await running.call('GET', '/v1/feedback?orgId=ahead');
    expect(feedbackPageSchema.safeParse(page).error).toBeUndefined();
    expect(page.items[0]).toMatchObject({ createdAt: body.createdAt, sentCreatedAt: sent });
    const exported = await running.call('GET', '/v1/users/u/export?orgId=ahead', { key: KEYS.admin });
    expect(exportSchema.safeParse(exported.body).error).toBeUndefined();
    expect(exported.body.feedback[0]).toMatchObject({ createdAt: body.createdAt, sentCreatedAt: sent });
    const { body: summary } = await running.call('GET', '/v1/orgs/ahead/summary');
    expect(summary.lastAt).toBe(body.createdAt);
  });

  it('counts once when it is repeated', async () => {
    const again = await post({ id: 'ahead', orgId: 'ahead', uxRating: 4, createdAt: Date.now() + 4 * DAY_MS });
    expect(again.status).toBe(202);
    await post({ id: 'after', orgId: 'ahead', uxRating: 1 });
    await storedIn('ahead', 2);
    expect((await running.call('GET', '/v1/orgs/ahead/summary')).body.count).toBe(2);
  });

  it('is marked in a batch and counted in an import', async () => {
    const createdAt = Date.now() + 30 * DAY_MS;
    const feedback = [{ uxRating: 3 }, { uxRating: 4, createdAt }];
    const { body } = await running.call('POST', '/v1/feedback/batch', { body: { feedback } });
    expect(batchResponseSchema.safeParse(body).error).toBeUndefined();
    expect(body.results[0]).not.toHaveProperty('sentCreatedAt');
    expect(body.results[1].sentCreatedAt).toBe(new Date(createdAt).toISOString());
    const lines = [...feedback, { uxRating: 5, createdAt }].map((line) => JSON.stringify(line)).join('\n');
    expect((await load(lines, 'application/x-ndjson')).body).toMatchObject({ accepted: 3, adjusted: 2 });
    expect((await load('uxRating\n3\n', 'text/csv')).body).not.toHaveProperty('adjusted');
  });

  it('is refused if it is rather a wrong number', async () => {
    for (const createdAt of ['9999-12-31', 1_767_623_400_000_000, Date.UTC(2099, 0)]) {
      const { status, body } = await post({ uxRating: 4, createdAt });
      expect([status, body.errors[0].pointer]).toEqual([400, '/createdAt']);
    }
  });
});

describe('a time that is not meant', () => {
  it.each([
    [1_712_345_678, 'looks like seconds'],
    [45_678.5, 'looks like a day number of a spreadsheet'],
    [2024, 'looks like a year'],
    [20_240_229, 'looks like a day'],
    ['2020-05-31T23:59:59Z', 'before 2020-06-01T00:00:00.000Z'],
    ['2024-02-29 10:00', 'has no offset'],
  ])('%j is refused in JSON and in CSV, and the error %s', async (createdAt, message) => {
    const { status, body } = await post({ uxRating: 4, createdAt });
    expect([status, body.errors]).toEqual([
      400,
      [{ pointer: '/createdAt', message: expect.stringContaining(message) }],
    ]);
    const csv = await load(`uxRating,createdAt\n4,${createdAt}\n`, 'text/csv');
    const [refusal] = csv.body.refusals as { problem: { errors: unknown } }[];
    // Digits of a day are ISO 8601 in a text.
    if (createdAt === 20_240_229) expect(csv.status).toBe(202);
    else expect([csv.status, refusal?.problem.errors]).toEqual([207, body.errors]);
  });

  it('is read in the usual forms of ISO 8601', async () => {
    const forms = ['20240229T101500+0100', '2024-02-29t09:15z', '2024-060T09:15:00,000Z', '2024-W09-4 09:15:00Z'];
    for (const createdAt of [...forms, '1709198100000'])
      expect((await post({ orgId: 'iso', uxRating: 4, createdAt })).status).toBe(202);
    await load(`orgId,uxRating,createdAt\niso,4,1709198100000\n`, 'text/csv');
    await storedIn('iso', 6);
    const times = new Set((await search({ orgId: 'iso' })).map((item: { createdAt: string }) => item.createdAt));
    expect([...times]).toEqual(['2024-02-29T09:15:00.000Z']);
  });
});

describe('labels and ids', () => {
  it('that look the same are the same, in what is stored and what is asked for', async () => {
    const one = { orgId: 'same', easeOfUse: 'Tre\u0300s facile ', tags: ['spring\u00a0release'], userId: ' u-1' };
    const two = {
      orgId: ' same\u00a0',
      easeOfUse: 'Tr\u00e8s\u00a0facile',
      tags: ['spring release'],
      userId: 'u-1\ufeff',
    };
    const shared = { experiment: 'Check\u00a0in', variant: 'B ', willingToPay: 'Oui, a\u0300 10 \u20ac' };
    for (const body of [
      { ...one, ...shared },
      { ...two, ...shared, experiment: 'Check in\u200b', variant: 'B' },
    ])
      expect((await post(body)).status).toBe(202);
    await storedIn('same', 2);
    const { body: summary } = await running.call('GET', '/v1/orgs/same/summary');
    expect(summary.choices.easeOfUse).toEqual({ 'Tr\u00e8s facile': 2 });
    const { body: experiment } = await running.call('GET', `/v1/experiments/${encodeURIComponent('Check in ')}`);
    expect([experiment.experiment, experiment.variants.length, experiment.variants[0].count]).toEqual([
      'Check in',
      1,
      2,
    ]);
    for (const query of [
      { easeOfUse: 'Tre\u0300s  facile' },
      { tag: ' spring release' },
      { tag: 'spring\u00a0release\u200b' },
      { experiment: 'Check in', variant: 'B\u00a0' },
      { willingToPay: 'a\u0300' },
      { willingToPay: '"Oui, a\u0300 10 \u20ac"' },
      { userId: 'u-1 ' },
    ])
      expect([query, await countOf({ orgId: ' same', ...query })]).toEqual([query, 2]);
    const { body: users } = await running.call('GET', '/v1/users?orgId=same&willingToPay=%C3%A0');
    expect([users.items.length, users.items[0].count]).toEqual([1, 2]);
    for (const path of ['/v1/orgs/same%20/summary', '/v1/users/%20u-1/summary?orgId=same'])
      expect([path, (await running.call('GET', path)).body.count]).toEqual([path, 2]);
    const exported = await running.call('GET', '/v1/users/u-1%C2%A0/export', { key: KEYS.admin });
    expect(exported.body.feedback).toHaveLength(2);
  });

  it('of earlier releases stay as they are stored, and are found as they were typed', async () => {
    const { insertedId } = await running.models.feedback.collection.insertOne({
      _id: 'old' as never,
      orgId: 'old',
      userId: 'a\u3164',
      easeOfUse: 'Very easy ',
      tags: ['e\u0301te\u0301'],
      createdAt: new Date('1975-01-01'),
      acceptedAt: new Date(),
      analysis: { version: '1', kind: null, language: null, sentiment: null, mentions: [] },
    });
    expect(insertedId).toBe('old');
    for (const [query, count] of [
      [{ easeOfUse: 'Very easy ' }, 1],
      [{ easeOfUse: 'Very easy' }, 0],
      [{ tag: 'e\u0301te\u0301' }, 1],
    ] as const)
      expect([query, await countOf({ orgId: 'old', ...query })]).toEqual([query, count]);
    const { body } = await running.call('GET', '/v1/feedback/old%20');
    expect([body.easeOfUse, body.createdAt]).toEqual(['Very easy ', '1975-01-01T00:00:00.000Z']);
  });

  it('of Persian, Hindi, Arabic and emoji are taken as they are written', async () => {
    const labels = [
      '\u0646\u0645\u06cc\u200c\u062f\u0627\u0646\u0645',
      '\u0930\u093e\u0937\u094d\u200d\u091f\u094d\u0930',
      '\u0646\u0639\u0645\u200f! (50%)',
      '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
      '\u{1f469}\u{1f3fd}\u200d\u{1f680}',
    ];
    for (const label of labels)
      expect([label, (await post({ orgId: 'written', easeOfUse: label, tags: labels })).status]).toEqual([label, 202]);
    await storedIn('written', labels.length);
    for (const label of labels) {
      expect([label, await countOf({ orgId: 'written', easeOfUse: label })]).toEqual([label, 1]);
      expect([label, await countOf({ orgId: 'written', tag: label })]).toEqual([label, labels.length]);
    }
  });

  it('that cannot be seen are refused, with the character and its place', async () => {
    const { status, body } = await post({ uxRating: 3, userId: 'u\u200b1', tags: ['a\u2066b'] });
    expect([status, body.errors]).toEqual([
      400,
      [
        { pointer: '/userId', message: expect.stringContaining('U+200B (zero width space) at character 2') },
        { pointer: '/tags/0', message: expect.stringContaining('U+2066') },
      ],
    ]);
    const key = await running.call('POST', '/v1/keys', { key: KEYS.admin, body: { scope: 'read', orgId: ' same ' } });
    expect([key.status, key.body.orgId]).toEqual([201, 'same']);
    const erasure = { what: 'user', id: 'u-1\u00a0', orgId: ' same' };
    expect((await running.call('POST', '/v1/erasures', { key: KEYS.admin, body: erasure })).status).toBe(202);
    await until(async () => (await running.models.feedback.countDocuments({ orgId: 'same' })) === 0, 'they are erased');
  });

  it('that are null are left out', async () => {
    const nothing = { id: null, userId: null, tags: null, createdAt: null, easeOfUse: null, experiment: null };
    expect((await post({ orgId: 'null', uxRating: 2, ...nothing })).status).toBe(202);
    const line = JSON.stringify({ orgId: 'null', uxRating: 2, ...nothing });
    expect((await load(line, 'application/x-ndjson')).status).toBe(202);
    await storedIn('null', 2);
    for (const item of await search({ orgId: 'null' })) {
      expect(Object.keys(item).sort()).toEqual(['acceptedAt', 'analysis', 'createdAt', 'id', 'orgId', 'uxRating']);
    }
  });
});

it('has the earliest time in its OpenAPI document', async () => {
  const { body } = await running.call('GET', '/openapi.json');
  const { createdAt } = body.components.schemas.Feedback.properties;
  expect(createdAt.anyOf[0].minimum).toBe(Date.UTC(2020, 5, 1));
});
