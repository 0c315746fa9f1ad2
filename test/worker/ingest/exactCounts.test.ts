import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestService, type TestService } from '../../support/service.ts';
import { storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { testQueues } from '../../support/stores/queues.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

const stores = isolatedStores();
let running: TestService;
beforeAll(async () => {
  running = await startTestService(stores);
});
afterAll(() => running?.stop());
const { ingest, deadLetters } = testQueues(stores);

/** Few orgs, users, sessions and ids, so that they meet often. */
function feedbackNumber(n: number) {
  const pick = <T>(values: T[], salt: number) => values[(n * 7919 + salt * 104_729) % values.length];
  return {
    id: `f-${n % 400}`,
    // The same org for each id: ids are unique within an org.
    orgId: ['acme', 'globex', 'a.b', '$x', 'émile', undefined][(n % 400) % 6],
    userId: pick(['u1', 'u2', 'u3', undefined], 2),
    sessionId: pick(['s1', 's2', undefined], 3),
    overallRating: pick([1, 2, 3, 4, 5], 4),
    uxRating: pick([1, 5, undefined], 5),
    easeOfUse: pick(['Very easy', 'a.b', '$c', '%other', '__proto__', 'constructor', '5'], 6),
    willingToPay: pick(['Yes, at $10', 'No', 'Yesterday'], 7),
    improvements: pick(
      ['Slow pages, but a great coach', 'The reminders are terrible', '', 'constructor', 'Très bien'],
      8,
    ),
    createdAt: Date.UTC(2026, 9, 1 + (n % 40), n % 24),
    ...(n % 3 === 0 && { experiment: 'check out', variant: n % 2 ? 'a' : 'b' }),
    tags: [`t${n % 4}`],
  };
}

describe('aggregates', () => {
  it('equal a recomputation from the raw feedback after duplicates and concurrent batches', async () => {
    const all = Array.from({ length: 1_200 }, (_, n) => feedbackNumber(n));
    const batches = Array.from({ length: 60 }, (_, n) => all.filter((_, index) => index % 60 === n));
    const answers = await Promise.all(
      [...batches, ...batches].map((feedback) => running.call('POST', '/v1/feedback/batch', { body: { feedback } })),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    await running.stored(400);
    await until(async () => (await ingest.countJobs()) === 0, 'the queue is empty');
    expect(await running.models.feedback.countDocuments()).toBe(400);
    const { stored, recomputed } = await storedAndRecomputed(running.models);
    expect(stored.length).toBeGreaterThan(40);
    expect(stored).toEqual(recomputed);
  });

  it('keep the content that was accepted first, even if a later one was stored before it', async () => {
    const record = (acceptedAt: number, overallRating: number, userId: string) => ({
      id: 'twice',
      orgId: 'acme',
      userId,
      overallRating,
      createdAt: 1_700_000_000_000 + acceptedAt,
      acceptedAt,
    });
    const rating = async () => (await running.models.feedback.findById('twice acme').lean())?.overallRating;
    await ingest.send([{ priority: 0, feedback: [record(2_000, 1, 'late')] }]);
    await until(async () => (await rating()) === 1, 'the later one is stored');
    await ingest.send([{ priority: 0, feedback: [record(1_000, 5, 'early')] }]);
    await until(async () => (await rating()) === 5, 'the earlier one replaces it');
    const { stored, recomputed } = await storedAndRecomputed(running.models);
    expect(stored).toEqual(recomputed);
  });

  it('count 499 neighbours of a poisoned record, which stands alone among the dead letters', async () => {
    const batch = Array.from({ length: 500 }, (_, n) => ({
      id: `p-${n}`,
      orgId: 'poisoned',
      overallRating: n === 321 ? 'five' : 5,
      createdAt: 1_700_000_000_000,
      acceptedAt: 1_700_000_000_000,
    }));
    await ingest.send([{ priority: 0, feedback: batch as never[] }]);
    await until(async () => (await deadLetters.count()) >= 1, 'the poisoned record is set aside');
    const neighbours = () => running.models.feedback.countDocuments({ orgId: 'poisoned' });
    await until(async () => (await neighbours()) >= 499, 'its neighbours are stored');
    const [deadLetter, ...others] = await deadLetters.list({ skip: 0, limit: 10 });
    expect(others).toEqual([]);
    expect(deadLetter?.record).toMatchObject({ id: 'p-321' });
    expect(deadLetter?.reason).toContain('overallRating');
    const summary = await running.call('GET', '/v1/orgs/poisoned/summary');
    expect(summary.body.count).toBe(499);
    expect(await deadLetters.discard(deadLetter?.id ?? '')).toBe(true);
  });
});
