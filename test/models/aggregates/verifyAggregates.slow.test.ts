import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { mergeOldParts } from '../../../src/models/aggregates/mergeOldParts.ts';
import { createPartsWriter } from '../../../src/models/aggregates/partsWriter.ts';
import { verifyAggregates } from '../../../src/models/aggregates/verifyAggregates.ts';
import { type FeedbackDocument, toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { removeFeedback } from '../../../src/models/retention/removeFeedback.ts';
import { mismatches, storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { testModels } from '../../support/stores/models.ts';

const models = testModels();
beforeEach(clear);

async function clear(): Promise<void> {
  await models.feedback.deleteMany();
  await models.aggregates.deleteMany();
  await models.retainedAggregates.deleteMany();
}

const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const TEXTS = ['Slow pages, but a great coach', 'The reminders are terrible', undefined];
const DAY_MS = 86_400_000;

function documentOf(n: number): FeedbackDocument {
  const improvements = TEXTS[n % 3];
  const fields = {
    id: `f${n}`,
    ...(n % 5 > 0 && { orgId: `org ${n % 3}`.replace(' ', '-') }),
    ...(n % 4 > 0 && { userId: `u${n % 7}` }),
    ...(n % 3 > 0 && { sessionId: `s${n % 6}` }),
    overallRating: 1 + (n % 5),
    easeOfUse: `choice.${n % 4}`,
    ...(improvements && { improvements }),
    ...(n % 6 === 0 && { experiment: 'a b', variant: `v ${n % 2}` }),
    acceptedAt: n,
    createdAt: n * 0.3 * DAY_MS,
  };
  const document = toDocument(fields, analyze(improvements));
  // The list of choices was full: of the org, or of everyone.
  if (n % 8 < 2) document.other = n % 8 ? { all: ['easeOfUse'] } : { org: ['easeOfUse'] };
  return document;
}

async function store(count: number, from = 0): Promise<void> {
  const writer = createBatchWriter(models, { maxParts: 3 });
  for (let n = from; n < from + count; n += 10) {
    const batch = Array.from({ length: Math.min(10, from + count - n) }, (_, index) => documentOf(n + index));
    await writer.store(batch);
  }
}

const nth = async (n: number) => {
  const parts = await models.aggregates.find().sort({ _id: 1 }).lean();
  return parts[n % parts.length]!;
};

/** Faults of stored data, each at the nth part or feedback. */
const FAULTS: Record<string, (n: number) => Promise<unknown>> = {
  'a part is gone': async (n) => models.aggregates.deleteOne({ _id: (await nth(n))._id }),
  'a part counts one more': async (n) => models.aggregates.updateOne({ _id: (await nth(n))._id }, { $inc: { n: 1 } }),
  'a counter is one higher': async (n) => {
    const { _id, d } = await nth(n);
    const changed = d.replace(/ (-?\d+)(?=\n|$)/, (_, value: string) => ` ${Number(value) + 1}`);
    return models.aggregates.updateOne({ _id }, { $set: { d: changed } });
  },
  'two counters are swapped': async (n) => {
    const { _id, d } = await nth(n);
    return models.aggregates.updateOne({ _id }, { $set: { d: d.replace('r.overallRating.1 ', 'r.overallRating.2 ') } });
  },
  'a first time is early': async (n) =>
    models.aggregates.updateOne({ _id: (await nth(n))._id }, { $set: { firstAt: new Date(-1) } }),
  'a last time is early': async (n) =>
    models.aggregates.updateOne({ _id: (await nth(n))._id }, { $set: { lastAt: new Date(0) } }),
  'a part is of another aggregate': async (n) => {
    const { _id, also: _, ...part } = await nth(n);
    return models.aggregates.collection.insertOne({ ...part, _id: `other-${_id}` } as never);
  },
  'a feedback is gone': async (n) => {
    const found = await models.feedback.find().sort({ _id: 1 }).lean();
    return models.feedback.deleteOne({ _id: found[n % found.length]!._id });
  },
  'a feedback has another rating': async (n) =>
    models.feedback.updateOne({ _id: { $gte: `f${n % 10}` } }, { $set: { overallRating: 3 } }),
};

describe('verification', () => {
  it('finds no difference in what writers, removals and merges leave, and counts it', async () => {
    await store(60);
    const parts = createPartsWriter(models);
    const ids = (await models.feedback.find({ orgId: 'org-1' }).limit(5).lean()).map(({ _id }) => _id);
    await removeFeedback(models, parts, ids.slice(0, 2));
    await removeFeedback(models, parts, ids.slice(2), { aggregates: 'kept', orgsBeingErased: async () => [] });
    await mergeOldParts(models, undefined, { minParts: 2, oldMs: 0 });
    const { recomputed, feedback } = await storedAndRecomputed(models);
    const shares: number[] = [];
    for (const maxAggregates of [1_000, 40]) {
      const result = await verifyAggregates(models, { maxAggregates, onProgress: (share) => shares.push(share) });
      expect(result).toEqual({ feedback, aggregates: recomputed.length, differences: [] });
    }
    // One pass with 1,000, several with 40; each run ends at 1.
    expect(shares[0]).toBe(1);
    expect(shares.length).toBeGreaterThan(3);
    expect(shares.slice(1)).toEqual(shares.slice(1).toSorted());
    expect(shares.at(-1)).toBe(1);
  }, 60_000);

  it('names the same aggregates as a plain recomputation, whatever is wrong, and however many passes it takes', async () => {
    const fault = fc.tuple(fc.constantFrom(...Object.keys(FAULTS)), fc.nat(1_000));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(10, 60, 1_000),
        async (faults, max) => {
          await clear();
          await store(30);
          for (const [name, n] of faults) await FAULTS[name]!(n);
          const expected = mismatches(await storedAndRecomputed(models)).sort();
          expect((await verifyAggregates(models, { maxAggregates: max })).differences).toEqual(expected);
        },
      ),
      { numRuns: 40, examples: Object.keys(FAULTS).map((name, n) => [[[name, n * 3]], 1_000]) },
    );
  }, 120_000);

  it('is exact while writers and compaction are at work', async () => {
    await store(20);
    let done = false;
    const storing = store(150, 20).finally(() => {
      done = true;
    });
    const merging = (async () => {
      while (!done) await mergeOldParts(models, undefined, { minParts: 2, oldMs: 0 });
    })();
    const differences: string[] = [];
    while (!done) differences.push(...(await verifyAggregates(models, { maxAggregates: 100 })).differences);
    await Promise.all([storing, merging]);
    expect(differences).toEqual([]);
  }, 60_000);
});
