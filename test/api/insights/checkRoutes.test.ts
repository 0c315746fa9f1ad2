import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caseStudySchema, profileSchema, promoterSchema } from '../../../src/api/insights/checkSchemas.ts';
import { themePairsSchema } from '../../../src/api/insights/themePairSchemas.ts';
import type { Subject } from '../../../src/models/aggregates/readTotals.ts';
import { readPeople } from '../../../src/models/feedback/readPeople.ts';
import { readThemeSets } from '../../../src/models/feedback/readThemeSets.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

const DAY_MS = 86_400_000;
const NOW = Date.now();
const BOTH = 'The calendar is terribly slow.';
const KIND = 'I love my coach, who asked the right question.';
const createdAt = (n: number) => new Date(NOW - n * 60_000).toISOString();

/** A happy org, an unhappy one, and a user who is in both. */
const FEEDBACK = [
  ...Array.from({ length: 60 }, (_, n) => ({
    orgId: 'happy',
    userId: n % 10 === 9 ? 'both' : `fan-${n % 6}`,
    overallRating: n % 10 === 0 ? 4 : 5,
    uxRating: 5,
    willingToPay: 'Yes, at $10',
    improvements: KIND,
    createdAt: createdAt(n),
  })),
  ...Array.from({ length: 60 }, (_, n) => ({
    orgId: 'grim',
    userId: n % 10 === 9 ? 'both' : 'critic',
    sessionId: 's-1',
    overallRating: 1 + (n % 3),
    improvements: n % 3 ? BOTH : 'The search is slow.',
    createdAt: createdAt(n),
  })),
  { orgId: 'happy', userId: 'silent', overallRating: 5, createdAt: new Date(NOW - 300 * DAY_MS).toISOString() },
];

let running: TestService;
let bound: string;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  await running.call('POST', '/v1/feedback/batch', { body: { feedback: FEEDBACK } });
  await running.stored(FEEDBACK.length);
  bound = (await createAccessKey(running.models, { scope: 'read', orgId: 'happy' })).key;
  await running.service.refreshKeys();
});
afterAll(() => running.stop());

type Body = ReturnType<typeof JSON.parse>;
async function get(path: string, key?: string): Promise<Body> {
  const { status, body } = await running.call('GET', path, key === undefined ? {} : { key });
  expect([path, status, body]).toEqual([path, 200, body]);
  return body;
}
const byName = (criteria: { criterion: string }[]) => Object.fromEntries(criteria.map((one) => [one.criterion, one]));
const meanOf = (isMeant: (feedback: (typeof FEEDBACK)[number]) => boolean) => {
  const values = FEEDBACK.filter(isMeant).map(({ overallRating }) => overallRating);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
};

describe('GET /v1/users/{id}/promoter', () => {
  it('gives each criterion with its number from the raw feedback, its threshold and whether it holds', async () => {
    const fan = promoterSchema.parse(await get('/v1/users/fan-1/promoter'));
    expect(fan.promoter).toBe('yes');
    const { meanRating, lowRatings, daysSinceLastFeedback } = byName(fan.criteria);
    expect(meanRating).toMatchObject({ unit: 'stars', threshold: { min: 4.5 }, holds: true });
    expect(meanRating).toMatchObject({ number: meanOf(({ userId }) => userId === 'fan-1') });
    expect(lowRatings).toMatchObject({ number: 0, threshold: { max: 0.05 }, holds: true });
    expect(daysSinceLastFeedback).toMatchObject({ number: 0, threshold: { max: 180 }, interval: null });
    const critic = await get('/v1/users/critic/promoter');
    expect(critic.promoter).toBe('no');
    expect(byName(critic.criteria)).toMatchObject({ meanRating: { holds: false }, negativeTexts: { holds: false } });
  });

  it('is unclear for few ratings or none, and tells how long ago the last feedback was', async () => {
    const silent = await get('/v1/users/silent/promoter');
    expect(silent.promoter).toBe('unclear');
    expect(byName(silent.criteria)).toMatchObject({
      ratings: { number: 1, holds: false },
      negativeTexts: { number: null, holds: null, interval: null },
      daysSinceLastFeedback: { number: 300, holds: false },
    });
    expect((await get('/v1/users/nobody/promoter')).promoter).toBe('unclear');
  });

  it('counts for the key of one org the feedback in that org alone', async () => {
    expect((await get('/v1/users/both/promoter', bound)).promoter).toBe('yes');
    expect((await get('/v1/users/both/promoter')).promoter).toBe('no');
    expect((await get('/v1/users/both/promoter?orgId=happy')).promoter).toBe('yes');
  });
});

describe('GET /v1/orgs/{id}/case-study', () => {
  it('checks ratings, people, texts and changes', async () => {
    const happy = caseStudySchema.parse(await get('/v1/orgs/happy/case-study'));
    expect(happy.caseStudy).toBe('yes');
    const named = byName(happy.criteria);
    expect(named).toMatchObject({
      ratings: { number: 61, holds: true },
      people: { number: 8, threshold: { min: 5 } },
      largestPerson: { holds: true },
      recentChange: { number: 0, holds: true },
    });
    const lead = meanOf(({ orgId }) => orgId === 'happy') - meanOf(({ orgId }) => orgId === 'grim');
    expect(named).toMatchObject({ leadOverOthers: { number: expect.closeTo(lead, 10), holds: true } });
    const grim = await get('/v1/orgs/grim/case-study');
    expect([grim.caseStudy, byName(grim.criteria)]).toMatchObject(['unclear', { people: { number: 2, holds: false } }]);
    expect((await get('/v1/orgs/nobody/case-study')).caseStudy).toBe('unclear');
    expect(await get('/v1/orgs/%20happy%20/case-study')).toEqual(happy);
  });

  it('tells the key of one org nothing of others', async () => {
    const own = await get('/v1/orgs/happy/case-study', bound);
    expect([own.caseStudy, byName(own.criteria)]).toEqual([
      'yes',
      expect.not.objectContaining({ leadOverOthers: expect.anything() }),
    ]);
    expect((await running.call('GET', '/v1/orgs/grim/case-study', { key: bound })).status).toBe(403);
  });

  it('reads the latest feedback only, along an index', async () => {
    const { db } = running.models.connection;
    await db?.command({ profile: 2 });
    expect([...(await readPeople(running.models, 'grim', { searched: 10, timeoutMs: 5_000 }))].sort()).toEqual([
      ['both', 1],
      ['critic', 9],
    ]);
    await db?.command({ profile: 0 });
    const [read] = (await db?.collection('system.profile').find({ 'command.aggregate': 'feedback' }).toArray()) ?? [];
    expect([read?.planSummary, read?.docsExamined]).toEqual(['IXSCAN { orgId: 1, createdAt: 1, _id: 1 }', 10]);
  });
});

describe('GET /v1/users/{id}/profile', () => {
  it('has a few facts, no texts, and is not used again without asking who reads it', async () => {
    const { body, headers } = await running.call('GET', '/v1/users/fan-1/profile');
    expect(profileSchema.parse(body)).toMatchObject({
      ...{ userId: 'fan-1', mood: 'happy', likes: ['coaching'], dislikes: [], willingToPay: 'Yes, at $10' },
      unanswered: ['growMethodRating', 'easeOfUse', 'helpfulness'],
    });
    expect([headers.get('cache-control'), headers.get('vary')]).toEqual([
      'private, no-cache',
      'Authorization, Cookie, Accept-Encoding',
    ]);
    expect(headers.get('etag')).not.toBeNull();
    expect(JSON.stringify(body)).not.toContain('asked');
    expect(JSON.stringify(body).length).toBeLessThan(500);
    expect(await get('/v1/users/critic/profile')).toMatchObject({
      mood: 'unhappy',
      dislikes: expect.arrayContaining(['performance']),
    });
    expect(await get('/v1/users/nobody/profile')).toMatchObject({ feedback: 0, mood: 'unknown', lastAt: null });
  });

  it('shows the key of one org the feedback in that org alone', async () => {
    expect((await get('/v1/users/both/profile', bound)).feedback).toBe(6);
    expect((await get('/v1/users/both/profile')).feedback).toBe(12);
    expect((await running.call('GET', '/v1/users/both/profile?orgId=grim', { key: bound })).status).toBe(403);
  });
});

describe('GET /v1/…/themes/co-occurring', () => {
  it('counts the pairs of the latest texts, and says of how many and since when', async () => {
    const found = themePairsSchema.parse(await get('/v1/orgs/grim/themes/co-occurring'));
    expect([found.feedback, found.since]).toEqual([60, createdAt(59)]);
    const pair = found.pairs.find(({ themes }) => themes.includes('calendar') && themes.includes('performance'));
    expect(pair).toBeUndefined(); // Every text has `performance`, so it comes up with nothing more than by chance.
    const all = themePairsSchema.parse(await get('/v1/themes/co-occurring'));
    const together = all.pairs.find(({ themes }) => themes.join() === 'calendar,performance');
    expect(together).toMatchObject({ count: 40, counts: [40, 60], lift: 2, verdict: 'together' });
    expect(await get('/v1/users/nobody/themes/co-occurring')).toMatchObject({ feedback: 0, since: null, pairs: [] });
  });

  it('reads along an index, and stops at its limit', async () => {
    const { db } = running.models.connection;
    await db?.collection('system.profile').drop();
    await db?.command({ profile: 2 });
    const limits = { searched: 10, timeoutMs: 5_000 };
    const subjects: Subject[] = [
      { level: 'all' },
      { level: 'org', id: 'grim' },
      { level: 'user', id: 'both', orgId: 'grim' },
      { level: 'session', id: 's-1' },
    ];
    for (const subject of subjects) await readThemeSets(running.models, subject, {}, limits);
    await db?.command({ profile: 0 });
    const reads = await db?.collection('system.profile').find({ 'command.aggregate': 'feedback' }).toArray();
    expect(reads?.map(({ planSummary }) => planSummary)).toEqual([
      'IXSCAN { createdAt: 1, _id: 1 }',
      'IXSCAN { orgId: 1, createdAt: 1, _id: 1 }',
      'IXSCAN { userId: 1, createdAt: 1, _id: 1 }',
      'IXSCAN { sessionId: 1, createdAt: 1, _id: 1 }',
    ]);
    expect(reads?.map(({ docsExamined }) => docsExamined <= 12)).toEqual([true, true, true, true]);
  });

  it('shows the key of one org no text of another', async () => {
    expect((await get('/v1/themes/co-occurring', bound)).feedback).toBe(60);
    expect((await get('/v1/users/both/themes/co-occurring', bound)).feedback).toBe(6);
    expect((await running.call('GET', '/v1/themes/co-occurring?orgId=grim', { key: bound })).status).toBe(403);
  });
});
