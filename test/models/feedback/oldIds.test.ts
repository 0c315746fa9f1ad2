import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { unpackSketch } from '../../../src/aggregates/discovery/packSketch.ts';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { knownBy, phrasesIn } from '../../../src/analysis/discovery/phrases.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import type { AcceptedFeedback } from '../../../src/ingest/feedbackSchema.ts';
import { createPartsWriter } from '../../../src/models/aggregates/partsWriter.ts';
import { COMMAND_LINE } from '../../../src/models/audit/auditLog.ts';
import { countPhrases } from '../../../src/models/discovery/countPhrases.ts';
import { forgetPhrases } from '../../../src/models/discovery/forgetPhrases.ts';
import { recountPhrases } from '../../../src/models/discovery/recountPhrases.ts';
import { createTombstones } from '../../../src/models/erasure/checkTombstones.ts';
import { eraseChunk, findErasable, isComplete } from '../../../src/models/erasure/eraseFeedback.ts';
import type { ErasureSubject } from '../../../src/models/erasure/erasureSchema.ts';
import { beginErasure, requestErasure, setFeedbackTombstones } from '../../../src/models/erasure/erasures.ts';
import { setTombstones } from '../../../src/models/erasure/setTombstones.ts';
import { type FeedbackDocument, storedId, toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { findOldIds } from '../../../src/models/feedback/findOldIds.ts';
import {
  areOldIdsRewritten,
  claimOldIds,
  finishOldIds,
  rewriteOldIds,
  withinLimits,
} from '../../../src/models/feedback/oldIds.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { OLD_IDS } from '../../../src/models/mongodb/internalState.ts';
import { removeFeedback } from '../../../src/models/retention/removeFeedback.ts';
import { mismatches, storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { testModels } from '../../support/stores/models.ts';

const models = testModels();
const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const find = (text: string) => phrasesIn(text, analyze(text).clauses, knownBy(defaultTaxonomy));
const DAY = 86_400_000;
const TEXTS = ['The whiteboard markers were dry', 'The parking garage smells of old cheese', undefined];

beforeEach(async () => {
  const { connection: _, ...all } = models;
  await Promise.all(Object.values(all).map((model) => model.deleteMany()));
});

const documentOf = (feedback: Partial<AcceptedFeedback> & { id: string }): FeedbackDocument =>
  toDocument({ createdAt: 1_000, acceptedAt: 1_000, overallRating: 4, ...feedback }, analyze(feedback.improvements));

/** Stores feedback as earlier versions did: under its id alone, and under `<id> <org>` if its key was bound to the org. */
async function storeOld(documents: FeedbackDocument[], isBound = (_: FeedbackDocument) => false): Promise<void> {
  await models.internalState.updateOne({ _id: OLD_IDS }, { value: { isDone: true } }, { upsert: true });
  const old = documents.map((document) =>
    isBound(document) ? document : { ...document, _id: document._id.split(' ')[0]! },
  );
  const writer = createBatchWriter(models);
  for (let offset = 0; offset < old.length; offset += 7) await writer.store(old.slice(offset, offset + 7));
  await models.internalState.deleteOne({ _id: OLD_IDS });
}

async function rewriteAll(size = 3): Promise<void> {
  for (let rewritten = 1; rewritten > 0; ) {
    rewritten = 0;
    let position: Awaited<ReturnType<typeof findOldIds>>['next'];
    do {
      const { ids, next } = await findOldIds(models, position, size);
      rewritten += (await rewriteOldIds(models, ids)).rewritten;
      position = next;
    } while (position);
  }
  await finishOldIds(models);
}

const storedIds = async () =>
  (await models.feedback.find({}, { _id: 1 }).sort({ _id: 1 }).lean()).map(({ _id }) => _id);
const count = async () => {
  while ((await models.pendingTexts.countDocuments()) > 0) await countPhrases(models, find);
};

/** Everything that depends on ids: feedback, notes, and the examples of each sketch. */
async function discoveryState() {
  const sketches = await models.phraseSketches.find().sort({ _id: 1 }).lean();
  return sketches.map(({ _id, packed, texts, capacity }) => ({
    _id,
    texts,
    counters: [...unpackSketch(packed, texts, capacity).counters.values()]
      .map(({ stems, count: n, examples }) => ({ stems, n, examples: examples.map(({ id }) => id).sort() }))
      .sort((a, b) => (a.stems < b.stems ? -1 : 1)),
  }));
}

const feedback = Array.from({ length: 40 }, (_, n) =>
  documentOf({
    id: `f-${n}`,
    ...(n % 4 > 0 && { orgId: ['acme', 'globex'][n % 2]!, userId: `u-${n % 5}` }),
    createdAt: (n % 3) * DAY + n * 1_000,
    ...(TEXTS[n % 3] !== undefined && { improvements: TEXTS[n % 3]! }),
  }),
);

describe('the rewriting of old ids', () => {
  it.each([{ isCounted: true }, { isCounted: false }])(
    'gives all feedback of orgs its new id, and changes no figure (phrases counted before: $isCounted)',
    async ({ isCounted }) => {
      await storeOld(feedback);
      if (isCounted) await count();
      const before = await storedAndRecomputed(models);
      expect(await storedIds()).not.toContain('f-1 globex');
      await rewriteAll();
      expect(await storedIds()).toEqual(feedback.map(({ _id }) => _id).sort());
      const after = await storedAndRecomputed(models);
      expect(after.stored).toEqual(before.stored);
      expect(mismatches(after)).toEqual([]);
      await count();
      const [all] = (await discoveryState()).filter(({ _id }) => _id.startsWith('all '));
      expect(all?.texts).toBeGreaterThan(0);
      const ids = new Set(await storedIds());
      const examples = (await discoveryState()).flatMap(({ counters }) => counters.flatMap((one) => one.examples));
      expect(examples.filter((id) => !ids.has(id))).toEqual([]);
      // The same content as that of feedback stored under the new ids from the beginning.
      const contents = await models.feedback.find().sort({ _id: 1 }).lean();
      expect(contents).toEqual(feedback.toSorted((a, b) => (a._id < b._id ? -1 : 1)));
    },
  );

  it('counts an id that is sent again once, before, during and after it, in whatever order they were accepted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ n: fc.nat(39), acceptedAt: fc.constantFrom(500, 2_000) }), {
          minLength: 1,
          maxLength: 30,
        }),
        fc.nat(3),
        async (again, steps) => {
          await Promise.all([models.feedback, models.aggregates, models.pendingTexts].map((each) => each.deleteMany()));
          await storeOld(feedback);
          const writer = createBatchWriter(models);
          const sent = again.map(({ n, acceptedAt }) => ({
            ...feedback[n]!,
            overallRating: 1,
            acceptedAt: new Date(acceptedAt),
          }));
          const storing = writer.store(sent);
          let position: Awaited<ReturnType<typeof findOldIds>>['next'];
          for (let step = 0; step < steps; step++) {
            const { ids, next } = await findOldIds(models, position, 5);
            await rewriteOldIds(models, ids);
            position = next;
          }
          expect(await storing).toEqual(sent.map(() => 'duplicate'));
          await rewriteAll();
          await writer.store(sent);
          expect(await storedIds()).toEqual(feedback.map(({ _id }) => _id).sort());
          expect(mismatches(await storedAndRecomputed(models))).toEqual([]);
          const early = new Set(again.filter(({ acceptedAt }) => acceptedAt === 500).map(({ n }) => feedback[n]!._id));
          const replaced = await models.feedback.find({ overallRating: 1 }, { _id: 1 }).lean();
          expect(new Set(replaced.map(({ _id }) => _id))).toEqual(early);
        },
      ),
      { numRuns: 6, endOnFailure: true },
    );
  }, 60_000);

  it('keeps two feedback that an org sent under one id with different keys, and both still count', async () => {
    const [unbound, bound] = [3, 5].map((overallRating) => documentOf({ id: 'same', orgId: 'acme', overallRating }));
    await storeOld([unbound!]);
    await storeOld([bound!], () => true);
    const before = await storedAndRecomputed(models);
    const outcomes = await rewriteOldIds(models, ['same']);
    expect(outcomes).toEqual({ rewritten: 1, generated: 1 });
    const kept = await models.feedback.find().sort({ overallRating: 1 }).lean();
    expect(kept.map(({ _id, overallRating }) => [/^\S+ acme$/.test(_id), overallRating])).toEqual([
      [true, 3],
      [true, 5],
    ]);
    expect(kept[1]!._id).toBe('same acme');
    expect((await storedAndRecomputed(models)).stored).toEqual(before.stored);
    expect(await createBatchWriter(models).store([unbound!])).toEqual(['duplicate']);
  });

  it('stores the same id of another org, which earlier versions took for a repeat', async () => {
    await storeOld([documentOf({ id: 'order-1', orgId: 'acme' }), documentOf({ id: 'order-2' })]);
    const others = ['order-1', 'order-2'].map((id) => documentOf({ id, orgId: 'globex' }));
    expect(await createBatchWriter(models).store([...others, documentOf({ id: 'order-1' })])).toEqual([
      'stored',
      'stored',
      'stored',
    ]);
    expect(await storedIds()).toEqual(['order-1', 'order-1 acme', 'order-1 globex', 'order-2', 'order-2 globex']);
    expect(mismatches(await storedAndRecomputed(models))).toEqual([]);
  });

  it('that fails before its commit, or runs twice or in two processes, changes nothing more', async () => {
    await storeOld(feedback);
    await count();
    const before = await storedAndRecomputed(models);
    const { collection } = models.phraseSketches;
    for (const [target, method] of [
      [models.pendingTexts, 'find'],
      [models.phraseSketches, 'find'],
    ] as const) {
      const spy = jest.spyOn(target, method).mockImplementation(() => {
        throw new Error('the process ends here');
      });
      const { ids } = await findOldIds(models, undefined);
      await expect(rewriteOldIds(models, ids)).rejects.toThrow('ends here');
      spy.mockRestore();
      expect(await storedIds()).not.toContain('f-1 globex');
    }
    expect(await collection.countDocuments()).toBeGreaterThan(0);
    const { ids } = await findOldIds(models, undefined);
    const both = await Promise.all([rewriteOldIds(models, ids), rewriteOldIds(models, ids)]);
    expect(both.map(({ rewritten }) => rewritten).sort((a, b) => a - b)).toEqual([0, expect.any(Number)]);
    await Promise.all([rewriteAll(), rewriteAll(2)]);
    expect(await storedIds()).toEqual(feedback.map(({ _id }) => _id).sort());
    expect((await storedAndRecomputed(models)).stored).toEqual(before.stored);
  });

  it('and an erasure at the same time leave nothing of the erased, and nothing of it comes back', async () => {
    await storeOld(feedback);
    await count();
    const subject: ErasureSubject = { what: 'user', id: 'u-1', orgId: null };
    const erasure = await requestErasure(models, subject, COMMAND_LINE, new Date(5_000));
    const pending = { ...erasure, subject };
    const forget = (deleted: readonly FeedbackDocument[], transaction: Parameters<typeof forgetPhrases>[3]) =>
      forgetPhrases(models, deleted, find, transaction);
    const parts = createPartsWriter(models);
    const erase = async () => {
      await beginErasure(models, erasure, subject);
      while (!(await isComplete(models, pending)))
        for await (const found of findErasable(models, pending, 2)) {
          await setFeedbackTombstones(models, found, erasure.acceptedUntil);
          await eraseChunk(
            models,
            parts,
            forget,
            pending,
            found.map(({ _id }) => _id),
          );
        }
    };
    await Promise.all([erase(), rewriteAll()]);
    const left = feedback.filter(({ userId }) => userId !== 'u-1');
    expect(await storedIds()).toEqual(left.map(({ _id }) => _id).sort());
    expect(mismatches(await storedAndRecomputed(models))).toEqual([]);
    const ids = new Set(await storedIds());
    const examples = (await discoveryState()).flatMap(({ counters }) => counters.flatMap((one) => one.examples));
    expect(examples.filter((id) => !ids.has(id))).toEqual([]);
    const again = feedback
      .filter(({ userId }) => userId === 'u-1')
      .map((one) => ({ ...one, acceptedAt: new Date(9_000) }));
    expect(new Set(await createBatchWriter(models).store(again))).toEqual(new Set(['erased']));
    // Another org's feedback with the same id is not the erased one.
    const { userId: _, ...other } = documentOf({ id: again[0]!._id.split(' ')[0]!, orgId: 'initech' });
    expect(await createBatchWriter(models).store([other])).toEqual(['stored']);
  });

  it('and retention at the same time keep totals exact, and each feedback is removed once at most', async () => {
    await storeOld(feedback);
    const expired = feedback.filter(({ createdAt }) => createdAt.getTime() < DAY);
    const parts = createPartsWriter(models);
    const retire = async () => {
      let removed = 0;
      for (const { _id } of expired) {
        const ids = [_id, _id.split(' ')[0]!];
        removed += await removeFeedback(models, parts, ids);
      }
      return removed;
    };
    const [removed] = await Promise.all([retire(), rewriteAll(4)]);
    expect(removed).toBe(expired.length);
    expect(await models.feedback.countDocuments()).toBe(feedback.length - expired.length);
    expect(mismatches(await storedAndRecomputed(models))).toEqual([]);
  });

  it('and a recount of phrases at the same time count each text once', async () => {
    await storeOld(feedback);
    await count();
    const recount = async () => {
      for (const day of ['1970-01-01', '1970-01-02', '1970-01-03']) {
        await recountPhrases(models, day);
        await setImmediate();
      }
    };
    await Promise.all([rewriteAll(4), recount()]);
    await count();
    const texts = feedback.filter(({ improvements }) => improvements !== undefined).length;
    const all = (await discoveryState()).filter(({ _id }) => _id.startsWith('all '));
    expect(all.reduce((sum, one) => sum + one.texts, 0)).toBe(texts);
    const ids = new Set(await storedIds());
    const examples = (await discoveryState()).flatMap(({ counters }) => counters.flatMap((one) => one.examples));
    expect(examples.filter((id) => !ids.has(id))).toEqual([]);
  });
});

describe('the work of rewriting', () => {
  it('is claimed by one process at a time, until that one is silent, and ends for all', async () => {
    expect(await claimOldIds(models, 'one', 60_000)).toBe('claimed');
    expect(await claimOldIds(models, 'other', 60_000)).toBe('taken');
    expect(await claimOldIds(models, 'one', 60_000)).toBe('claimed');
    expect(await claimOldIds(models, 'other', 0)).toBe('claimed');
    expect(await areOldIdsRewritten(models)).toBe(false);
    await finishOldIds(models);
    expect(await claimOldIds(models, 'one', 60_000)).toBe('done');
    expect(await areOldIdsRewritten(models)).toBe(true);
  });

  it('reads the index alone to find ids, and keeps each transaction to few days and feedback', async () => {
    await storeOld(feedback);
    const explained = await models.feedback.collection
      .find(
        {},
        { projection: { createdAt: 1, _id: 1 }, hint: { createdAt: 1, _id: 1 }, sort: { createdAt: 1, _id: 1 } },
      )
      .explain('executionStats');
    expect(explained.executionStats.totalDocsExamined).toBe(0);
    const { ids, next } = await findOldIds(models, undefined, 10);
    expect(ids).toHaveLength(10);
    expect(next?._id).toBe(ids.at(-1));
    const days = Array.from({ length: 10 }, (_, n) => ({ createdAt: new Date(n * DAY) }));
    expect(withinLimits(days, { feedback: 100, days: 4 })).toHaveLength(4);
    expect(withinLimits(days, { feedback: 3, days: 4 })).toHaveLength(3);
    expect(withinLimits(days.slice(0, 2))).toHaveLength(2);
  });
});

describe('a tombstone', () => {
  it('of feedback that an earlier version erased still keeps its id out, in the form it had then', async () => {
    const tombstones = createTombstones(models);
    const until = new Date(1);
    await setTombstones(models, [
      { what: 'feedback', id: 'unbound', orgId: null, acceptedUntil: until },
      { what: 'feedback', id: 'bound acme', orgId: null, acceptedUntil: until },
    ]);
    const cases: [string, string | undefined, boolean][] = [
      ['unbound', undefined, true],
      ['unbound', 'acme', true],
      ['bound', 'acme', true],
      ['bound', 'globex', false],
      ['bound', undefined, false],
    ];
    const subjects = cases.map(([id, orgId]) => ({
      _id: storedId({ id, orgId }),
      ...(orgId !== undefined && { orgId }),
      acceptedAt: new Date(),
    }));
    expect((await tombstones.check(subjects)).erased).toEqual(cases.map(([, , isErased]) => isErased));
  });
});
