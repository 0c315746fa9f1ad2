import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import type { AcceptedFeedback } from '../../../src/ingest/feedbackSchema.ts';
import { createChoiceLists } from '../../../src/models/feedback/choiceLists.ts';
import { toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { testModels } from '../../support/stores/models.ts';

const models = testModels();

const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const maybe = <T>(...values: T[]) => fc.constantFrom(...values, undefined);
const DAY = 86_400_000;

/** Few ids, so that nearly everything is sent more than once, with other content and other times of acceptance. */
const accepted = fc
  .record({
    id: fc.constantFrom(...'abcdefghijkl'),
    acceptedAt: fc.integer({ min: 0, max: 1_000_000 }),
    createdAt: fc.integer({ min: 0, max: 3 * DAY }),
    orgId: maybe('o1', 'o2', '$o'),
    userId: maybe('u1', 'u2'),
    sessionId: maybe('s1'),
    overallRating: maybe(1, 5),
    easeOfUse: maybe('a.b', '$inc', '__proto__', '%other'),
    improvements: maybe('Slow pages, but a great coach', 'The reminders are terrible'),
  })
  .map((one) => JSON.parse(JSON.stringify(one)) as AcceptedFeedback);
const writersBatches = fc.array(fc.array(fc.array(accepted, { minLength: 1, maxLength: 12 }), { maxLength: 4 }), {
  minLength: 1,
  maxLength: 3,
});

describe('concurrent batch writers', () => {
  it('make totals equal to a recomputation, and keep the feedback of each id that was accepted first', async () => {
    await fc.assert(
      fc.asyncProperty(writersBatches, async (writers) => {
        await models.feedback.deleteMany();
        await models.aggregates.deleteMany();
        const { mark } = createChoiceLists(models);
        await Promise.all(
          // They merge after every other batch, so they conflict with each other.
          writers.map(async (batches) => {
            const writer = createBatchWriter(models, { maxParts: 1, remembered: 6, oldMs: 0 });
            for (const batch of batches) {
              const documents = batch.map((one) => toDocument(one, analyze(one.improvements)));
              await mark(documents);
              await writer.store(documents);
            }
          }),
        );
        const { stored, recomputed } = await storedAndRecomputed(models);
        expect(stored).toEqual(recomputed);

        const first = new Map<string, number>();
        for (const one of writers.flat(2)) {
          const id = one.orgId === undefined ? one.id : `${one.id} ${one.orgId}`;
          first.set(id, Math.min(one.acceptedAt, first.get(id) ?? Number.POSITIVE_INFINITY));
        }
        const kept = await models.feedback.find().lean();
        expect(new Map(kept.map(({ _id, acceptedAt }) => [_id, acceptedAt.getTime()]))).toEqual(first);
      }),
      { numRuns: 50, endOnFailure: true },
    );
  }, 60_000);

  it('keep the first time if it is in a part without counters', async () => {
    await models.feedback.deleteMany();
    await models.aggregates.deleteMany();
    const [one, other] = [createBatchWriter(models), createBatchWriter(models)];
    const document = (id: string, userId: string, acceptedAt: number, createdAt: number) =>
      toDocument({ id, userId, acceptedAt, createdAt }, analyze(undefined));
    await one.store([document('a', 'u', 2, 30), document('c', 'u', 1, 50)]);
    // Subtracts a feedback of the user, and then adds one.
    await other.store([document('a', 'v', 1, 40)]);
    await other.store([document('b', 'u', 1, 10)]);
    const { stored, recomputed } = await storedAndRecomputed(models);
    expect(stored).toEqual(recomputed);
    expect(stored.find(({ path }) => path === 'user u ')?.firstAt).toEqual(new Date(10));
  });
});
