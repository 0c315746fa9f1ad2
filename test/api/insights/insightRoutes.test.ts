import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { driversSchema, emergingSchema, quotesSchema } from '../../../src/api/insights/insightSchemas.ts';
import type { Subject } from '../../../src/models/aggregates/readTotals.ts';
import { readClauses } from '../../../src/models/feedback/readClauses.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

const SLOW = 'The pages are terribly slow for all of us since the update.';
const SECRET = 'Our secret plan for the merger makes the calendar so slow today.';
const KIND = 'My coach listened well and asked me the right question again.';
const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString();

/** 70 days of two orgs. In the last seven, acme's people complain of slowness twice as often as before. */
const FEEDBACK = Array.from({ length: 70 * 24 }, (_, n) => {
  const at = Math.floor(n / 24);
  const k = n % 24;
  const isRival = k >= 20;
  const slow = k < (at >= 63 ? 8 : 3);
  return {
    orgId: isRival ? 'rival' : 'acme',
    userId: `u-${n % 5}`,
    sessionId: `s-${n % 50}`,
    ...(k !== 19 && { overallRating: isRival || slow ? 1 + (n % 3) : 3 + (n % 3) }),
    improvements: isRival ? SECRET : slow ? `${SLOW} ${n}` : KIND,
    createdAt: day(at),
  };
});

let running: TestService;
let bound: string;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  for (let at = 0; at < FEEDBACK.length; at += 1_000)
    await running.call('POST', '/v1/feedback/batch', { body: { feedback: FEEDBACK.slice(at, at + 1_000) } });
  await running.stored(FEEDBACK.length);
  bound = (await createAccessKey(running.models, { scope: 'read', orgId: 'acme' })).key;
  await running.service.refreshKeys();
});
afterAll(() => running.stop());

type Body = ReturnType<typeof JSON.parse>;
async function get(path: string, key?: string): Promise<Body> {
  const { status, body } = await running.call('GET', path, key === undefined ? {} : { key });
  expect([path, status]).toEqual([path, 200]);
  return body;
}

describe('GET /v1/…/drivers', () => {
  it('equals the drivers computed from the raw feedback, at every level', async () => {
    for (const [path, match] of [
      ['/v1/drivers', {}],
      ['/v1/orgs/acme/drivers', { orgId: 'acme' }],
      ['/v1/users/u-3/drivers?orgId=acme', { userId: 'u-3', orgId: 'acme' }],
      ['/v1/orgs/acme/drivers?from=2026-03-01', { orgId: 'acme', createdAt: { $gte: new Date('2026-03-01') } }],
    ] as const) {
      const { drivers, rated } = driversSchema.parse(await get(path));
      expect(drivers.length).toBeGreaterThan(0);
      for (const { theme, ...driver } of drivers) {
        const rows: { _id: boolean; n: number; mean: number }[] = await running.models.feedback.aggregate([
          { $match: { ...match, overallRating: { $exists: true } } },
          {
            $group: {
              _id: { $in: [theme, '$analysis.mentions.theme'] },
              n: { $sum: 1 },
              mean: { $avg: '$overallRating' },
            },
          },
        ]);
        const [having, others] = [true, false].map((side) => rows.find(({ _id }) => _id === side));
        expect(driver.rated).toBe(having?.n);
        expect(driver.meanWith).toBeCloseTo(having?.mean ?? 0, 10);
        expect(driver.meanWithout).toBeCloseTo(others?.mean ?? 0, 10);
        expect(rated).toBe(having!.n + others!.n);
      }
    }
  });

  it('puts the most harmful theme first', async () => {
    const { drivers } = await get('/v1/orgs/acme/drivers');
    expect(drivers[0]).toMatchObject({ theme: 'performance', effect: 'lowers' });
    expect(drivers.at(-1)).toMatchObject({ theme: 'coaching', effect: 'raises' });
  });

  it('has an impact that the shortfalls of orgs, and of sessions, add up to', async () => {
    const { drivers, rated } = await get('/v1/drivers');
    const { impact } = drivers.find(({ theme }: Body) => theme === 'performance');
    for (const level of ['orgs', 'sessions']) {
      let [sum, cursor] = [0, ''];
      do {
        const page = await get(`/v1/${level}?rank=shortfall&theme=performance&limit=20${cursor}`);
        const values = page.items.map(({ shortfall }: Body) => shortfall);
        expect(values).toEqual([...values].sort((a, b) => b - a));
        sum += values.reduce((total: number, value: number) => total + value, 0);
        cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
      } while (cursor !== '');
      expect(sum).toBeCloseTo(-impact * rated, 6);
    }
    const all = (await get('/v1/orgs?rank=shortfall')).items;
    expect(all.map(({ orgId }: Body) => orgId)).toEqual(['rival', 'acme']);
    expect(all[0].shortfall + all[1].shortfall).toBeCloseTo(0, 6);
  });
});

describe('GET /v1/…/emerging', () => {
  it('finds a theme that doubled in the last week, and not earlier', async () => {
    const week = emergingSchema.parse(await get('/v1/orgs/acme/emerging'));
    expect(week.current).toEqual({ from: '2026-03-05', to: '2026-03-11', feedback: 140 });
    expect(week.baseline).toEqual({ from: '2026-01-08', to: '2026-03-04', feedback: 1_120 });
    expect(week.themes[0]).toMatchObject({
      theme: 'performance',
      now: 56,
      before: 168,
      direction: 'emerging',
    });
    expect(week.themes[0]?.ratio).toBeCloseTo(8 / 3, 10);
    const before = await get('/v1/orgs/acme/emerging?on=2026-03-04');
    expect(before.themes.map(({ direction }: Body) => direction)).not.toContain('emerging');
  });

  it('accepts other periods, also for users and sessions', async () => {
    const { current, baseline } = await get('/v1/users/u-1/emerging?on=2026-02-28&period=14&baseline=28');
    expect([current.from, current.to, baseline.from, baseline.to]).toEqual([
      '2026-02-15',
      '2026-02-28',
      '2026-01-18',
      '2026-02-14',
    ]);
    expect(await get('/v1/sessions/nobody/emerging')).toEqual({
      timeZone: 'UTC',
      current: null,
      baseline: null,
      themes: [],
      tooFew: [],
    });
  });
});

describe('GET /v1/…/themes/{theme}/quotes', () => {
  it('gives clauses at their offsets in the text of their feedback', async () => {
    const { quotes, candidates } = quotesSchema.parse(
      await get('/v1/orgs/acme/themes/performance/quotes?sentiment=negative'),
    );
    expect(candidates).toBe(245);
    expect((await get('/v1/orgs/acme/themes/coaching/quotes')).candidates).toBe(300);
    // All say the same, so one says it.
    expect(quotes.map(({ text }) => text)).toEqual([SLOW.slice(0, -1)]);
    for (const { id, text, start, end, overallRating } of quotes) {
      const feedback = await get(`/v1/feedback/${id}`);
      expect(feedback.improvements.slice(start, end)).toBe(text);
      expect(feedback.overallRating ?? null).toBe(overallRating);
    }
  });

  it('reads along an index, and stops at its limit', async () => {
    const { db } = running.models.connection;
    await db?.command({ profile: 2 });
    const limits = { searched: 100, found: 10, timeoutMs: 5_000 };
    const subjects: Subject[] = [
      { level: 'all' },
      { level: 'org', id: 'acme' },
      { level: 'user', id: 'u-3', orgId: 'acme' },
      { level: 'session', id: 's-2' },
    ];
    for (const subject of subjects) await readClauses(running.models, subject, 'unknown', {}, limits);
    await db?.command({ profile: 0 });
    const reads = await db?.collection('system.profile').find({ 'command.aggregate': 'feedback' }).toArray();
    expect(reads?.map(({ planSummary }) => planSummary)).toEqual([
      'IXSCAN { createdAt: 1, _id: 1 }',
      'IXSCAN { orgId: 1, createdAt: 1, _id: 1 }',
      'IXSCAN { userId: 1, createdAt: 1, _id: 1 }',
      'IXSCAN { sessionId: 1, createdAt: 1, _id: 1 }',
    ]);
    expect(reads?.map(({ docsExamined }) => docsExamined <= 100)).toEqual([true, true, true, true]);
  });

  it('has no quotes for a theme without feedback, and refuses an unknown theme and an invalid id', async () => {
    expect(await get('/v1/users/nobody/themes/performance/quotes')).toMatchObject({
      candidates: 0,
      since: null,
      quotes: [],
    });
    for (const [theme, expected] of [
      ['unknown', 404],
      ['%24where', 400],
    ] as const) {
      const { status, body } = await running.call('GET', `/v1/themes/${theme}/quotes`);
      expect([status, body.errors[0].pointer]).toEqual([expected, '/theme']);
    }
  });
});

describe('a key that is bound to an org', () => {
  it('never shows another org', async () => {
    for (const path of ['drivers', 'emerging', 'themes/calendar/quotes']) {
      expect((await running.call('GET', `/v1/orgs/rival/${path}`, { key: bound })).status).toBe(403);
      for (const subject of ['', 'users/u-3/', 'sessions/s-20/'])
        expect((await running.call('GET', `/v1/${subject}${path}?orgId=rival`, { key: bound })).status).toBe(403);
    }
    for (const path of ['', 'users/u-3/', 'sessions/s-20/', 'sessions/s-21/']) {
      const quotes = await get(`/v1/${path}themes/calendar/quotes`, bound);
      expect(quotes).toMatchObject({ candidates: 0, quotes: [] });
    }
    const [own, confined] = [await get('/v1/orgs/acme/drivers'), await get('/v1/drivers', bound)];
    expect(confined).toEqual(own);
    expect(await get('/v1/emerging', bound)).toEqual(await get('/v1/orgs/acme/emerging'));
    expect((await get('/v1/users/u-3/drivers', bound)).rated).toBe(
      (await get('/v1/users/u-3/drivers?orgId=acme')).rated,
    );
    const ranked = (await get('/v1/orgs?rank=shortfall', bound)).items;
    expect(ranked.map(({ orgId }: Body) => orgId)).toEqual(['acme']);
    expect(ranked[0].shortfall).toBeCloseTo(0, 6);
  });
});

it('refuses unknown and invalid parameters by name', async () => {
  for (const [path, pointer] of [
    ['/v1/drivers?color=red', '/color'],
    ['/v1/drivers?from=2026-02-01&to=2026-01-01', '/to'],
    ['/v1/emerging?period=1', '/period'],
    ['/v1/emerging?on=yesterday', '/on'],
    ['/v1/themes/calendar/quotes?limit=21', '/limit'],
    ['/v1/orgs?theme=calendar', '/theme'],
    ['/v1/orgs?rank=shortfall&theme=a.b', '/theme'],
    ['/v1/orgs/a%20b/themes/calendar/quotes', '/id'],
  ] as const) {
    const { status, body } = await running.call('GET', path);
    expect([path, status, body.errors?.[0].pointer]).toEqual([path, 400, pointer]);
  }
});
