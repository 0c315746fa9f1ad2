import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { changesSchema } from '../../../src/api/insights/changeSchemas.ts';
import { comparisonSchema } from '../../../src/api/insights/compareSchemas.ts';
import { toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

const SLOW = 'The pages are terribly slow for all of us since the update.';
const KIND = 'My coach listened well and asked me the right question again.';
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const nameOfDay = (n: number) => new Date(START + n * DAY_MS).toISOString().slice(0, 10);

/** Days of feedback; from day 40 on, acme's people complain of slowness more often and rate lower. Rival's do not. */
const DAYS = 70;
const CHANGE = 40;
const FEEDBACK = Array.from({ length: DAYS * 24 }, (_, n) => {
  const [at, k] = [Math.floor(n / 24), n % 24];
  const isRival = k >= 16;
  const isSlow = !isRival && k < (at >= CHANGE ? 8 : 2);
  return {
    orgId: isRival ? 'rival' : 'acme',
    userId: `u-${(n * 7) % 11}`,
    sessionId: `s-${n % 6}`,
    experiment: 'check-in',
    variant: n % 2 ? 'short' : 'long',
    overallRating: (isSlow ? 1 : 3) + ((n * 5 + at) % 3),
    improvements: isSlow ? `${SLOW} ${n}` : KIND,
    createdAt: new Date(START + at * DAY_MS + k * 3_000_000).toISOString(),
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
  expect([path, status, body]).toEqual([path, 200, body]);
  return body;
}
async function refusal(path: string, key?: string) {
  const { status, body } = await running.call('GET', path, key === undefined ? {} : { key });
  return [status, body.errors?.[0].pointer];
}
const ratingsOf = (isMeant: (feedback: (typeof FEEDBACK)[number]) => boolean) => {
  const values = FEEDBACK.filter(isMeant).map(({ overallRating }) => overallRating);
  return { count: values.length, mean: values.reduce((sum, value) => sum + value, 0) / values.length };
};

describe('GET /v1/…/changes', () => {
  it('finds the day, and its levels are the means of the raw feedback', async () => {
    for (const path of ['/v1/orgs/acme/changes', '/v1/changes?orgId=acme']) {
      const { changes, tested } = changesSchema.parse(await get(path));
      expect(tested).toBeGreaterThan(2);
      const rating = changes.find(({ figure }) => figure === 'overallRating');
      expect(rating).toMatchObject({ since: nameOfDay(CHANGE), direction: 'lower' });
      const [before, after] = [true, false].map((isBefore) =>
        ratingsOf(({ orgId, createdAt }) => orgId === 'acme' && createdAt < nameOfDay(CHANGE) === isBefore),
      ) as [ReturnType<typeof ratingsOf>, ReturnType<typeof ratingsOf>];
      expect([rating?.before.count, rating?.after.count]).toEqual([before.count, after.count]);
      expect(rating?.before.value).toBeCloseTo(before.mean, 10);
      expect(rating?.difference).toBeCloseTo(after.mean - before.mean, 10);
      const theme = changes.find((change) => change.theme === 'performance');
      expect(theme).toMatchObject({ since: nameOfDay(CHANGE), direction: 'higher' });
      expect([theme?.before.value, theme?.after.value]).toEqual([2 / 16, 8 / 16]);
    }
  });

  it('is silent for an org without a change, and for nobody', async () => {
    expect((await get('/v1/orgs/rival/changes')).changes).toEqual([]);
    expect(await get('/v1/users/nobody/changes')).toEqual({
      timeZone: 'UTC',
      ...{ from: null, to: null, days: 0, tested: 0, changes: [], tooFew: [] },
    });
  });

  it('exists for users and sessions, and takes a range of at most 1,096 days', async () => {
    const { from, to, changes } = await get('/v1/sessions/s-1/changes?orgId=acme');
    expect([from < to, to]).toEqual([true, nameOfDay(DAYS - 1)]);
    expect(changes.length).toBeGreaterThan(0);
    const early = await get(`/v1/orgs/acme/changes?to=${nameOfDay(CHANGE - 1)}`);
    expect([early.changes, early.to]).toEqual([[], nameOfDay(CHANGE - 1)]);
    expect(await refusal('/v1/changes?from=2020-01-01&to=2026-01-01')).toEqual([400, '/from']);
    expect(await refusal('/v1/changes?from=2026-02-01&to=2026-01-01')).toEqual([400, '/to']);
  });
});

describe('GET /v1/compare', () => {
  it('compares two orgs, with contributions that add up to the difference of their means', async () => {
    const found = comparisonSchema.parse(await get('/v1/compare?a=org:rival&b=org:acme'));
    const [acme, rival] = ['acme', 'rival'].map((org) => ratingsOf(({ orgId }) => orgId === org));
    const { overallRating } = found.ratings;
    expect(overallRating).toMatchObject({ verdict: 'lower', a: { count: rival!.count }, b: { count: acme!.count } });
    expect(overallRating.difference).toBeCloseTo(acme!.mean - rival!.mean, 10);
    const performance = found.themes.find(({ theme }) => theme === 'performance');
    expect(performance).toMatchObject({
      verdict: 'higher',
      a: { value: 0 },
      b: { value: (40 * 2 + 30 * 8) / (70 * 16) },
    });
    const { difference, themes, rest } = found.contributions!;
    expect(themes.reduce((sum, { contribution }) => sum + contribution, rest)).toBeCloseTo(difference, 12);
    expect(difference).toBeCloseTo(acme!.mean - rival!.mean, 12);
    const slow = themes.find(({ theme }) => theme === 'performance')!;
    // All of it is the theme: without it, both give the same ratings.
    expect(slow.contribution).toBeCloseTo(difference, 1);
    expect(slow.contribution).toBeCloseTo(slow.mix + slow.level, 12);
  });

  it('has the opposite result for swapped sides', async () => {
    const [one, other] = [
      await get('/v1/compare?a=org:rival&b=org:acme'),
      await get('/v1/compare?a=org:acme&b=org:rival'),
    ];
    expect(one.ratings.overallRating.difference).toBeCloseTo(-other.ratings.overallRating.difference, 12);
    expect(one.ratings.overallRating.q).toBeCloseTo(other.ratings.overallRating.q, 12);
    expect([one.ratings.overallRating.verdict, other.ratings.overallRating.verdict]).toEqual(['lower', 'higher']);
    expect(one.contributions.rest).toBeCloseTo(-other.contributions.rest, 12);
  });

  it('compares two periods of a subject, users, sessions and variants', async () => {
    const periods = `from=${nameOfDay(0)}&to=${nameOfDay(CHANGE - 1)}&bFrom=${nameOfDay(CHANGE)}&bTo=${nameOfDay(DAYS - 1)}`;
    const change = await get(`/v1/compare?a=org:acme&${periods}`);
    expect(change.ratings.overallRating.verdict).toBe('lower');
    expect([change.a.from, change.b.from]).toEqual([nameOfDay(0), nameOfDay(CHANGE)]);
    expect((await get(`/v1/compare?a=org:rival&${periods}`)).ratings.overallRating.verdict).toBe('unclear');
    expect((await get('/v1/compare?a=user:u-1&b=user:u-2')).b.feedback).toBeGreaterThan(0);
    const variants = await get('/v1/compare?experiment=check-in&a=variant:long&b=variant:short');
    expect([variants.a.feedback, variants.b.feedback]).toEqual([FEEDBACK.length / 2, FEEDBACK.length / 2]);
    expect((await get('/v1/compare?a=user:nobody&b=user:no-one')).contributions).toBeNull();
  });

  const feedbackOf = (isMeant: (feedback: (typeof FEEDBACK)[number]) => boolean) => FEEDBACK.filter(isMeant).length;

  it('compares a part of a side with all others, with no feedback on both sides', async () => {
    for (const period of ['', `&from=${nameOfDay(3)}&to=${nameOfDay(60)}`]) {
      // All others of acme are rival.
      const { a, b: _, ...figures } = await get(`/v1/compare?b=org:acme${period}`);
      const { a: rival, b: __, ...expected } = await get(`/v1/compare?a=org:rival&b=org:acme${period}`);
      expect([a.side, a.feedback, figures]).toEqual(['others', rival.feedback, expected]);
    }
    const swapped = await get('/v1/compare?a=org:acme&b=all');
    expect([swapped.a.side, swapped.b.side]).toEqual(['org:acme', 'others']);
    const user = await get('/v1/compare?a=org:acme&b=user:u-1');
    expect(user.a).toMatchObject({
      side: 'others',
      feedback: feedbackOf(({ orgId, userId }) => orgId === 'acme' && userId !== 'u-1'),
    });
    expect(user.b.feedback).toBe(feedbackOf(({ userId }) => userId === 'u-1'));
    const session = await get('/v1/compare?a=session:s-0&b=all');
    expect(session.b).toMatchObject({ side: 'others', feedback: feedbackOf(({ sessionId }) => sessionId !== 's-0') });
    const variant = await get('/v1/compare?b=variant:long&experiment=check-in');
    expect(variant.a).toMatchObject({ side: 'others', feedback: feedbackOf((one) => one.variant === 'short') });
    const before = await get(`/v1/compare?a=all&to=${nameOfDay(9)}&b=org:acme&bFrom=${nameOfDay(10)}`);
    expect([before.a.side, before.a.feedback]).toEqual(['all', 240]);
    const [rest, same] = [
      await get(`/v1/compare?bFrom=${nameOfDay(10)}`),
      await get(`/v1/compare?to=${nameOfDay(9)}&bFrom=${nameOfDay(10)}`),
    ];
    expect([rest.a.to, rest.a.feedback, rest.ratings]).toEqual([nameOfDay(9), 240, same.ratings]);
    expect((await get(`/v1/compare?bTo=${nameOfDay(9)}`)).b.feedback).toBe(240);
  });

  it('finds no difference of a side from itself', async () => {
    const { a, b, ratings, themes } = await get('/v1/compare?a=org:acme&b=org:acme');
    expect(b).toEqual(a);
    for (const { difference, verdict } of [ratings.overallRating, ...themes])
      expect([difference, verdict]).toEqual([0, 'unclear']);
  });

  it('refuses sides that cannot be, each by its name', async () => {
    for (const [query, pointer] of [
      ['a=planet:mars', '/a'],
      ['a=org:', '/a'],
      ['a=all&b=user:a%20b', '/b'],
      ['a=org:acme&orgId=rival&b=all', '/a'],
      ['a=variant:long&b=variant:short', '/experiment'],
      ['a=variant:long&b=variant:short&experiment=check-in&from=2026-01-01', '/from'],
      ['a=all&from=2026-02-01&to=2026-01-01', '/to'],
      ['a=all&bFrom=2026-02-01&bTo=2026-01-01', '/bTo'],
      ['a=variant:long&b=all&experiment=check-in&bTo=2026-01-31', '/bTo'],
      ['a=all&from=2026-01-01&to=2026-01-31&bFrom=2026-01-31', '/bFrom'],
      ['a=user:u-1&to=2026-01-31&bTo=2026-01-01', '/bFrom'],
      ['a=org:acme&b=org:rival&from=2020-01-01&to=2026-01-01', '/from'],
      ['a=org:acme&b=org:rival&from=2020-01-01', '/from'],
      ['a=org:acme&bFrom=2015-01-01&bTo=2019-01-01&from=2026-01-01', '/bFrom'],
    ])
      expect([query, await refusal(`/v1/compare?${query}`)]).toEqual([query, [400, pointer]]);
  });

  it('shows the key of one org nothing of another', async () => {
    expect(await refusal('/v1/compare?a=org:rival&b=org:acme', bound)).toEqual([403, undefined]);
    expect(await refusal('/v1/compare?a=user:u-1&b=user:u-2&orgId=rival', bound)).toEqual([403, undefined]);
    const own = await get('/v1/compare?a=all&b=user:u-1', bound);
    const ofUser = feedbackOf(({ orgId, userId }) => orgId === 'acme' && userId === 'u-1');
    expect(own.a).toMatchObject({ side: 'others', feedback: DAYS * 16 - ofUser });
    expect(own.b.feedback).toBe(ofUser);
    expect((await get('/v1/compare?a=all&b=session:nobody', bound)).a.feedback).toBe(DAYS * 16);
    const variants = await get('/v1/compare?experiment=check-in&a=variant:long&b=variant:short', bound);
    expect([variants.a.feedback, variants.b.feedback]).toEqual([DAYS * 8, DAYS * 8]);
    const none = await get('/v1/compare?experiment=check-in&a=variant:sho&b=variant:short&orgId=acm');
    expect([none.a.feedback, none.b.feedback]).toEqual([0, 0]);
  });
});

describe('a user with more than 10,000 feedback', () => {
  const counts = [20, 30, 10_000];
  beforeAll(async () => {
    const writer = createBatchWriter(running.models);
    const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
    const documents = counts.flatMap((count, day) =>
      Array.from({ length: count }, (_, n) => {
        const createdAt = START + (200 + day) * DAY_MS + n * 1_000;
        const feedback = { id: `busy-${day}-${n}`, orgId: 'busy', userId: 'anonymous', overallRating: 1 + (n % 5) };
        return toDocument({ ...feedback, createdAt, acceptedAt: createdAt }, analyze(undefined));
      }),
    );
    for (let at = 0; at < documents.length; at += 1_000) await writer.store(documents.slice(at, at + 1_000));
  }, 120_000);

  it('is refused in a range with too many, and answered in a shorter one', async () => {
    expect(await refusal('/v1/users/anonymous/changes')).toEqual([400, '/from']);
    expect((await get(`/v1/users/anonymous/changes?to=${nameOfDay(201)}`)).days).toBe(2);
    const range = `from=${nameOfDay(200)}`;
    expect(await refusal(`/v1/compare?a=org:acme&b=user:anonymous&${range}`)).toEqual([400, '/from']);
    expect((await get(`/v1/compare?a=org:acme&b=user:anonymous&${range}&to=${nameOfDay(201)}`)).b.feedback).toBe(50);
  });

  it('is compared over all time by its totals', async () => {
    const { a, b, ratings } = await get('/v1/compare?a=org:acme&b=user:anonymous');
    expect([a.side, a.feedback, b.feedback]).toEqual(['others', DAYS * 16, 10_050]);
    expect(ratings.overallRating).toMatchObject({ b: { count: 10_050, value: 3 } });
  });
});
