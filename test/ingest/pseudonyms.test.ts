import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config.ts';
import { createPseudonyms } from '../../src/ingest/pseudonyms.ts';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { recordRedisCommands } from '../support/stores/recordRedisCommands.ts';
import { isolatedStores } from '../support/stores/stores.ts';
import { until } from '../support/until.ts';

const stores = isolatedStores();
const KEY = 'a-key-of-the-tests-for-pseudonyms-32';
const REAL = 'maria.the-planted-user';
const PSEUDONYM = createPseudonyms(KEY)(REAL);
let running: TestService;
let recording: Awaited<ReturnType<typeof recordRedisCommands>>;

beforeAll(async () => {
  recording = await recordRedisCommands(stores.redisUrl);
  running = await startTestService(stores, { PSEUDONYM_KEY: KEY });
  const one = {
    orgId: 'acme',
    userId: REAL,
    sessionId: 's-1',
    overallRating: 4,
    improvements: 'Slow pages.',
  };
  const answers = [
    await running.call('POST', '/v1/feedback', { body: { ...one, id: 'f-1' } }),
    await running.call('POST', '/v1/feedback/batch', { body: { feedback: [{ ...one, id: 'f-2' }] } }),
    await running.call('POST', '/v1/feedback/import', {
      body: `${JSON.stringify({ ...one, id: 'f-3' })}\n`,
      headers: { 'content-type': 'application/x-ndjson' },
    }),
    await running.call('POST', '/v1/feedback', { body: { ...one, id: 'f-4', userId: 'another' } }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  await running.stored(4);
});
afterAll(async () => {
  await running?.stop();
  recording?.stop();
});

describe('a user with a pseudonym', () => {
  it('is found by the real id in every query, and every answer names the pseudonym', async () => {
    const get = async (path: string) => (await running.call('GET', path)).body;
    const asked = await get(`/v1/feedback?userId=${REAL}`);
    expect(asked.items.map(({ userId }: { userId: string }) => userId)).toEqual([PSEUDONYM, PSEUDONYM, PSEUDONYM]);
    expect(await get(`/v1/users/${REAL}/summary`)).toMatchObject({ count: 3 });
    expect(await get(`/v1/users/${REAL}/trend`)).toMatchObject({ periods: [{ count: 3 }] });
    expect(await get(`/v1/users/${REAL}/drivers`)).toHaveProperty('tooFew');
    expect((await get(`/v1/sessions?userId=${REAL}`)).items).toHaveLength(1);
    const users = (await get('/v1/users')).items as { userId: string; count: number }[];
    expect(users.map(({ userId }) => userId)).toContain(PSEUDONYM);
    for (const body of [asked, users, await get('/v1/feedback'), await get('/v1/feedback/f-1')])
      expect(JSON.stringify(body)).not.toContain(REAL);
  });

  it('is found by the pseudonym that an answer gave', async () => {
    expect((await running.call('GET', `/v1/users/${PSEUDONYM}/summary`)).body.count).toBe(3);
    expect((await running.call('GET', `/v1/feedback?userId=${PSEUDONYM}`)).body.items).toHaveLength(3);
  });

  it('leaves no id in Redis, in MongoDB or in metrics', async () => {
    const commands = recording.lines();
    expect(commands.some((command) => command.includes(PSEUDONYM))).toBe(true);
    expect(commands.filter((command) => command.includes(REAL))).toEqual([]);
    let seen = '';
    for (const { name } of await running.models.connection.db!.listCollections().toArray())
      seen += JSON.stringify(await running.models.connection.db!.collection(name).find().toArray());
    expect(seen).toContain(PSEUDONYM);
    expect(seen).not.toContain(REAL);
    const metrics = await (await fetch(`${running.service.metricsUrl}/metrics`)).text();
    expect(metrics).not.toContain(REAL);
  });

  it('is not named by a refusal', async () => {
    const wrong = [
      await running.call('POST', '/v1/feedback', { body: { userId: REAL, overallRating: 9 } }),
      await running.call('POST', '/v1/feedback', { body: { userId: { [REAL]: 1 }, overallRating: 3 } }),
      await running.call('GET', `/v1/users/${REAL}/summary?from=2026-02-01&to=2026-01-01`),
      await running.call('GET', `/v1/users?userId=${REAL}`),
    ];
    for (const { status, body } of wrong) {
      expect(status).toBe(400);
      expect(JSON.stringify(body)).not.toContain(REAL);
    }
  });

  it('is exported and erased by the real id', async () => {
    const { call } = running;
    const given = await call('GET', `/v1/users/${REAL}/export`, { key: KEYS.admin });
    expect(given.body.feedback).toHaveLength(3);
    const asked = await call('POST', '/v1/erasures', { key: KEYS.admin, body: { what: 'user', id: REAL } });
    const path = `/v1/erasures/${asked.body.id}`;
    await until(
      async () => (await call('GET', path, { key: KEYS.admin })).body.state === 'done',
      'the erasure is done',
    );
    expect(await running.models.feedback.distinct('userId')).toEqual([createPseudonyms(KEY)('another')]);
    expect(JSON.stringify(await running.models.aggregates.find().lean())).not.toContain(PSEUDONYM);
  });
});

it('a pseudonym depends on the id and the key only', () => {
  const other = createPseudonyms(`${KEY}!`);
  expect(PSEUDONYM).toMatch(/^p_[A-Za-z0-9_-]{43}$/);
  expect(createPseudonyms(KEY)(REAL)).toBe(PSEUDONYM);
  expect(other(REAL)).not.toBe(PSEUDONYM);
  expect(createPseudonyms(KEY)(PSEUDONYM)).toBe(PSEUDONYM);
  expect(createPseudonyms(undefined)(REAL)).toBe(REAL);
  expect(() => readConfig({ PSEUDONYM_KEY: 'short' })).toThrow(/PSEUDONYM_KEY: must be 32 to 200/);
});
