import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { discoverySchema } from '../../../src/api/discovery/discoverySchemas.ts';
import { driversSchema, emergingSchema, quotesSchema } from '../../../src/api/insights/insightSchemas.ts';
import { feedbackPageSchema, summarySchema, trendSchema } from '../../../src/api/reading/readingSchemas.ts';
import { settingsSchema } from '../../../src/api/settings/settingsSchemas.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { runMain } from '../../support/runMain.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

const stores = isolatedStores();
let running: TestService;
let bound: string;

const ORGS = ['berlin', 'plain'] as const;
/** Around the change to summer time in Berlin, 29 March 2026, 02:00: every second hour of four UTC days. */
const HOURS = Array.from({ length: 48 }, (_, n) => new Date(Date.UTC(2026, 2, 27) + n * 2 * 3_600_000));
const localDate = (instant: Date) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(instant);

beforeAll(async () => {
  running = await startTestService(stores, { BACKGROUND_PERCENT: '100' });
  bound = (await createAccessKey(running.models, { scope: 'read', orgId: 'berlin' })).key;
  await running.service.refreshKeys();
  const feedback = ORGS.flatMap((orgId) =>
    HOURS.map((createdAt, n) => ({
      id: `${orgId}-${n}`,
      orgId,
      userId: 'ana',
      sessionId: `s-${n % 4}`,
      overallRating: 1 + (n % 5),
      improvements: 'The pages are slow, but the coach is great.',
      createdAt: createdAt.toISOString(),
    })),
  );
  expect((await running.call('POST', '/v1/feedback/batch', { body: { feedback } })).status).toBe(202);
  await running.stored(feedback.length);
  await setZone('berlin', 'Europe/Berlin');
}, 60_000);
afterAll(() => running?.stop());

const get = async (path: string, key = KEYS.read) => (await running.call('GET', path, { key })).body;
const put = (path: string, body: unknown) => running.call('PUT', path, { body, key: KEYS.admin });

async function setZone(orgId: string, timeZone: string | null): Promise<void> {
  const { version } = await get(`/v1/settings?orgId=${orgId}`);
  const body = { version, redaction: null, retention: null, timeZone };
  expect(await put(`/v1/settings?orgId=${orgId}`, body)).toMatchObject({ status: 200 });
  await until(
    async () => (await get(`/v1/settings?orgId=${orgId}`)).dayRecount === null,
    'the days are recounted',
    30_000,
  );
  // The cache of zones that readers use may be a second old.
  const zone = timeZone ?? 'UTC';
  await until(async () => (await get(`/v1/orgs/${orgId}/trend`)).timeZone === zone, 'figures use the zone', 5_000);
}

const counts = ({ periods }: { periods: { from: string; count: number }[] }) =>
  periods.map(({ from, count }) => [from, count]);
const localCounts = [...new Set(HOURS.map(localDate))].map((day) => [
  day,
  HOURS.filter((at) => localDate(at) === day).length,
]);

describe('an org with a time zone', () => {
  it('has days of its own, with 23 hours when clocks go forward', async () => {
    const trend = await get('/v1/orgs/berlin/trend');
    expect(trendSchema.safeParse(trend).error?.issues).toBeUndefined();
    expect(trend).toMatchObject({ timeZone: 'Europe/Berlin' });
    expect(counts(trend)).toEqual(localCounts);
    for (const path of ['/v1/users/ana/trend?orgId=berlin', '/v1/trend?orgId=berlin'])
      expect(await get(path)).toMatchObject({ timeZone: 'Europe/Berlin', periods: trend.periods });
    expect(await get('/v1/trend', bound)).toMatchObject({ timeZone: 'Europe/Berlin', periods: trend.periods });
    expect(await get('/v1/users/ana/trend', bound)).toMatchObject({
      timeZone: 'Europe/Berlin',
      periods: trend.periods,
    });
    const months = await get('/v1/orgs/berlin/trend?interval=month');
    expect(months.periods).toHaveLength(1);
    expect(months.periods[0]).toMatchObject({ from: '2026-03-01', to: '2026-03-31', count: 48 });
    // The 29th is a Sunday.
    expect(counts(await get('/v1/orgs/berlin/trend?interval=week'))).toEqual([
      ['2026-03-23', HOURS.filter((at) => localDate(at) <= '2026-03-29').length],
      ['2026-03-30', HOURS.filter((at) => localDate(at) > '2026-03-29').length],
    ]);
  });

  it('has the same days in ranges, lists, insights and quotes', async () => {
    const day = 'from=2026-03-29&to=2026-03-29';
    const expected = HOURS.filter((at) => localDate(at) === '2026-03-29');
    const summary = await get(`/v1/orgs/berlin/summary?${day}`);
    expect(summarySchema.safeParse(summary).error?.issues).toBeUndefined();
    expect(summary).toMatchObject({
      timeZone: 'Europe/Berlin',
      count: expected.length,
      population: { timeZone: 'UTC', count: 24 },
    });
    expect(await get(`/v1/summary?${day}`, bound)).toMatchObject({
      population: { timeZone: 'Europe/Berlin', count: expected.length },
    });
    const list = await get(`/v1/feedback?orgId=berlin&order=oldest&limit=200&${day}`);
    expect(feedbackPageSchema.safeParse(list).error?.issues).toBeUndefined();
    expect(list.timeZone).toBe('Europe/Berlin');
    expect(list.items.map(({ createdAt }: { createdAt: string }) => createdAt)).toEqual(
      expected.map((at) => at.toISOString()),
    );
    // Instants stay instants.
    const instants = 'from=2026-03-29T00:00:00Z&to=2026-03-30T00:00:00Z';
    expect((await get(`/v1/feedback?orgId=berlin&limit=200&${instants}`)).items).toHaveLength(12);
    const drivers = await get(`/v1/orgs/berlin/drivers?${day}`);
    expect(driversSchema.safeParse(drivers).error?.issues).toBeUndefined();
    expect(drivers).toMatchObject({ timeZone: 'Europe/Berlin', rated: expected.length });
    const quotes = await get(`/v1/orgs/berlin/themes/performance/quotes?${day}`);
    expect(quotesSchema.safeParse(quotes).error?.issues).toBeUndefined();
    expect(quotes).toMatchObject({ timeZone: 'Europe/Berlin', candidates: expected.length });
    const emerging = await get('/v1/orgs/berlin/emerging?period=2&baseline=7');
    expect(emergingSchema.safeParse(emerging).error?.issues).toBeUndefined();
    // The latest feedback, of 22:00 UTC on the 30th, is of the 31st in Berlin.
    expect(emerging).toMatchObject({ timeZone: 'Europe/Berlin', current: { from: '2026-03-30', to: '2026-03-31' } });
    expect(emerging.current.feedback).toBe(HOURS.filter((at) => localDate(at) >= '2026-03-30').length);
  });

  it('is compared with others by UTC days, and every answer says so', async () => {
    const utcDays = ['2026-03-27', '2026-03-28', '2026-03-29', '2026-03-30'].map((day) => [day, 12]);
    const plain = await get('/v1/orgs/plain/trend');
    expect([plain.timeZone, counts(plain)]).toEqual(['UTC', utcDays]);
    const all = await get('/v1/trend');
    expect([all.timeZone, counts(all)]).toEqual(['UTC', utcDays.map(([day, n]) => [day, 2 * Number(n)])]);
    const ana = await get('/v1/users/ana/trend');
    expect([ana.timeZone, counts(ana)]).toEqual(['UTC', utcDays.map(([day, n]) => [day, 2 * Number(n)])]);
    const list = await get('/v1/feedback?limit=200&from=2026-03-29&to=2026-03-29');
    expect([list.timeZone, list.items.length]).toEqual(['UTC', 24]);
    const discovery = await get('/v1/orgs/berlin/discovery');
    expect(discoverySchema.safeParse(discovery).error?.issues).toBeUndefined();
    expect(discovery.timeZone).toBe('UTC');
  });

  it('can change it back and forth, and reads never see a day half removed', async () => {
    const before = await get('/v1/orgs/berlin/trend');
    let isDone = false;
    const wrong: unknown[] = [];
    const reading = (async () => {
      while (!isDone) {
        const trend = await get('/v1/orgs/berlin/trend');
        const total = trend.periods.reduce((sum: number, { count }: { count: number }) => sum + count, 0);
        if (total !== HOURS.length) wrong.push(trend);
      }
    })();
    for (const zone of ['Asia/Tokyo', 'America/New_York', null, 'Europe/Berlin']) await setZone('berlin', zone);
    isDone = true;
    await reading;
    expect(wrong).toEqual([]);
    expect(await get('/v1/orgs/berlin/trend')).toEqual(before);
  }, 60_000);
});

describe('the setting', () => {
  it('shows the zone that is asked for, and the one in use', async () => {
    const settings = await get('/v1/settings?orgId=berlin');
    expect(settingsSchema.safeParse(settings).error?.issues).toBeUndefined();
    expect(settings).toMatchObject({
      timeZone: 'Europe/Berlin',
      inForce: { timeZone: 'Europe/Berlin' },
      dayRecount: null,
    });
    expect(await get('/v1/settings')).toMatchObject({ timeZone: null, inForce: { timeZone: 'UTC' }, dayRecount: null });
  });

  it('stays as it is if an edit leaves it out', async () => {
    const { version } = await get('/v1/settings?orgId=berlin');
    const edit = { version, redaction: 'mask', retention: null };
    expect((await put('/v1/settings?orgId=berlin', edit)).status).toBe(200);
    expect(await get('/v1/settings?orgId=berlin')).toMatchObject({
      redaction: 'mask',
      timeZone: 'Europe/Berlin',
      dayRecount: null,
    });
  });

  it.each([
    ['Europe/Berln', /Europe\/Berlin/],
    ['Berlin', /Europe\/Berlin/],
    ['europe/berlin', /Europe\/Berlin/],
    ['+02:00', /IANA name/],
    ['CEST', /no time zone/],
    ['', /IANA name|no time zone/],
    [42, /IANA name/],
    ['A'.repeat(100), /IANA name/],
  ])('refuses %j, and says which name is meant', async (timeZone, message) => {
    const { version } = await get('/v1/settings?orgId=berlin');
    const body = { version, redaction: null, retention: null, timeZone };
    const answer = await put('/v1/settings?orgId=berlin', body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/timeZone' }] } });
    expect(answer.body.errors[0].message).toMatch(message);
  });

  it('is changed and shown from the command line', async () => {
    const env = { REDIS_URL: stores.redisUrl, MONGODB_URI: stores.mongodbUri, QUEUE_PREFIX: stores.prefix };
    const set = (...args: string[]) => runMain(['settings', 'set', ...args], env);
    const wrong = await set('--org', 'plain', '--time-zone', 'Asia/Tokio');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('Asia/Tokyo')]);
    const noOrg = await set('--time-zone', 'Asia/Tokyo');
    expect([noOrg.code, noOrg.stderr]).toEqual([1, expect.stringContaining('--org')]);
    const done = await set('--org', 'plain', '--time-zone', 'Asia/Tokyo');
    expect([done.code, done.stdout]).toEqual([0, expect.stringMatching(/^version 1 is active\nfigures use/)]);
    const shown = async () => JSON.parse((await runMain(['settings', 'show', '--org', 'plain'], env)).stdout);
    await until(async () => (await shown()).dayRecount === null, 'the days are recounted', 30_000);
    expect(await shown()).toMatchObject({ timeZone: 'Asia/Tokyo', inForce: { timeZone: 'Asia/Tokyo' } });
  }, 60_000);

  it('is of an org, not of the deployment', async () => {
    const body = { version: 0, redaction: null, retention: null, timeZone: 'Europe/Berlin' };
    expect(await put('/v1/settings', body)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/timeZone', message: expect.stringContaining('orgId') }] },
    });
  });
});
