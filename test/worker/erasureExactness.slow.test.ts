import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayOf } from '../../src/aggregates/days.ts';
import { unpackSketch } from '../../src/aggregates/discovery/packSketch.ts';
import { createAnalyzer } from '../../src/analysis/analyzer.ts';
import { knownBy, phrasesIn } from '../../src/analysis/discovery/phrases.ts';
import { defaultTaxonomy } from '../../src/analysis/taxonomy/defaultTaxonomy.ts';
import type { AcceptedFeedback } from '../../src/ingest/feedbackSchema.ts';
import { keysOfPart } from '../../src/models/aggregates/aggregateSchema.ts';
import { createPartsWriter, type PartsWriter } from '../../src/models/aggregates/partsWriter.ts';
import { COMMAND_LINE } from '../../src/models/audit/auditLog.ts';
import { closeDatabase, createIndexes, type Models, openDatabase } from '../../src/models/database.ts';
import { countPhrases } from '../../src/models/discovery/countPhrases.ts';
import { forgetPhrases } from '../../src/models/discovery/forgetPhrases.ts';
import { recountPhrases } from '../../src/models/discovery/recountPhrases.ts';
import {
  eraseChunk,
  type ForgetPhrases,
  findErasable,
  removeEmptyAggregates,
} from '../../src/models/erasure/eraseFeedback.ts';
import { eraseOrgSketches } from '../../src/models/erasure/eraseOrgSketches.ts';
import { eraseRetainedTotals } from '../../src/models/erasure/eraseRetainedTotals.ts';
import type { ErasureDocument, ErasureSubject } from '../../src/models/erasure/erasureSchema.ts';
import {
  beginErasure,
  findErasure,
  finishErasure,
  orgsBeingErased,
  requestErasure,
  setFeedbackTombstones,
} from '../../src/models/erasure/erasures.ts';
import { type FeedbackDocument, toDocument } from '../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../src/models/feedback/storeBatch.ts';
import { settleRankings } from '../../src/models/rankings/eraseFromRankings.ts';
import { removeFeedback } from '../../src/models/retention/removeFeedback.ts';
import { mismatches, storedAndRecomputed } from '../support/storedAndRecomputed.ts';
import { isolatedStores } from '../support/stores/stores.ts';

let models: Models;
/** a database that never held the erased feedback */
let without: Models;
async function open(): Promise<Models> {
  const opened = openDatabase({ uri: isolatedStores().mongodbUri, appName: 'tests', poolSize: 8 });
  await opened.connection.asPromise();
  await createIndexes(opened);
  return opened;
}
beforeAll(async () => {
  models = await open();
  without = await open();
});
afterAll(async () => {
  for (const database of [models, without]) {
    await database.connection.dropDatabase();
    await closeDatabase(database);
  }
});

async function clear(): Promise<void> {
  const collections = [models, without].flatMap(({ connection: _, internalState: __, ...all }) => Object.values(all));
  await Promise.all(collections.map((model) => model.deleteMany()));
}
beforeEach(clear);

const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const isKnown = knownBy(defaultTaxonomy);
const find = (text: string) => phrasesIn(text, analyze(text).clauses, isKnown);
const maybe = <T>(...values: T[]) => fc.constantFrom(...values, undefined);
const DAY = 86_400_000;
const NOW = new Date(1_000_000);
/** Retention, if any, removes feedback created before: the middle of a day. */
const CUTOFF = new Date(1.5 * DAY);

const accepted = fc
  .record({
    acceptedAt: fc.integer({ min: 0, max: 2_000_000 }),
    createdAt: fc.integer({ min: 0, max: 3 * DAY }),
    orgId: maybe('o1', 'o2', '$o'),
    userId: maybe('u1', 'u2'),
    sessionId: maybe('s1', 's2'),
    overallRating: maybe(1, 5),
    easeOfUse: maybe('a.b', '$inc', '__proto__', '%other'),
    /** the list of answers that was full */
    full: maybe('org', 'all'),
    experiment: maybe('e'),
    improvements: maybe(
      'The whiteboard markers were dry, but a great coach',
      'The reminders are terrible. A whiteboard marker was dry.',
      'The parking garage smells of old cheese',
    ),
  })
  .map(({ full, ...fields }) => ({
    ...fields,
    ...(fields.experiment && { variant: 'v' }),
    ...(full && { other: { [full]: ['easeOfUse'] } }),
  }));
const subjects: fc.Arbitrary<ErasureSubject> = fc.constantFrom(
  { what: 'user', id: 'u1', orgId: null },
  { what: 'user', id: 'u1', orgId: 'o1' },
  { what: 'session', id: 's1', orgId: null },
  { what: 'session', id: 's1', orgId: 'o2' },
  { what: 'org', id: 'o1', orgId: null },
  { what: 'feedback', id: 'f0', orgId: null },
  { what: 'feedback', id: 'f1', orgId: 'o1' },
);

const documentsOf = (feedback: object[]) =>
  feedback.map((fields, n) => {
    const sent = JSON.parse(JSON.stringify({ id: `f${n}`, ...fields })) as AcceptedFeedback;
    return toDocument(sent, analyze(sent.improvements));
  });

async function store(into: Models, documents: FeedbackDocument[], size: number): Promise<string[]> {
  const writer = createBatchWriter(into, { maxParts: 2, oldMs: 0 });
  const outcomes: string[] = [];
  for (let offset = 0; offset < documents.length; offset += size)
    outcomes.push(...(await writer.store(documents.slice(offset, offset + size))));
  return outcomes;
}

const isExpired = ({ createdAt, acceptedAt }: FeedbackDocument) => createdAt < CUTOFF && acceptedAt <= NOW;

/** Removes feedback from before the cut-off, as retention does. Phrases are recounted separately. */
async function retire(from: Models, documents: FeedbackDocument[], aggregates: 'kept' | 'reduced') {
  const parts = createPartsWriter(from, { maxParts: 2, oldMs: 0 });
  const ids = documents.filter(isExpired).map(({ _id }) => _id);
  for (let offset = 0; offset < ids.length; offset += 3)
    await removeFeedback(from, parts, ids.slice(offset, offset + 3), {
      aggregates,
      orgsBeingErased: (transaction) => orgsBeingErased(from, transaction),
    });
}

async function recount(from: Models): Promise<void> {
  for (const day of [0, DAY]) await recountPhrases(from, dayOf(new Date(day)));
  await count(from);
}

async function count(into: Models): Promise<void> {
  while ((await into.pendingTexts.countDocuments()) > 0) await countPhrases(into, find);
}

async function erase(subject: ErasureSubject) {
  return eraseStepByStep(await requestErasure(models, subject, COMMAND_LINE, NOW), () => {});
}

/** The steps of an erasure, in chunks of two. `step` is called between any two steps, and within transactions. */
async function eraseStepByStep(erasure: ErasureDocument, step: () => unknown) {
  const pending = { ...erasure, subject: erasure.subject! };
  const findOrInterrupt = (text: string) => {
    step();
    return find(text);
  };
  const forget: ForgetPhrases = (deleted, transaction) => forgetPhrases(models, deleted, findOrInterrupt, transaction);
  await beginErasure(models, erasure, pending.subject);
  step();
  const parts = createPartsWriter(models, { maxParts: 2, oldMs: 0 });
  for await (const found of findErasable(models, pending, 2)) {
    const ids = found.map(({ _id }) => _id);
    await setFeedbackTombstones(models, found, pending.acceptedUntil);
    step();
    await eraseChunk(models, parts, forget, pending, ids);
    step();
    await eraseChunk(models, parts, forget, pending, ids);
  }
  if (pending.subject.what === 'org') {
    const retained = { erasureId: erasure._id, orgId: pending.subject.id, limit: 2 };
    const interruptible: PartsWriter = {
      ...parts,
      async stage(deltas, transaction) {
        await step();
        const staged = await parts.stage(deltas, transaction);
        await step();
        return staged;
      },
    };
    while ((await eraseRetainedTotals(models, interruptible, retained)) > 0) await step();
    await eraseOrgSketches(models, erasure._id, pending.subject.id);
    await step();
  }
  await removeEmptyAggregates(models, pending);
  step();
  return finishErasure(models, erasure._id);
}

async function stateOf(of: Models) {
  const verification = await storedAndRecomputed(of);
  expect(mismatches(verification)).toEqual([]);
  const parts = await of.aggregates.find().lean();
  const sketches = await of.phraseSketches.find().sort({ _id: 1 }).lean();
  return {
    feedback: (await of.feedback.find().sort({ _id: 1 }).lean()).map(({ _id }) => _id),
    totals: verification.stored,
    paths: [...new Set(parts.flatMap(keysOfPart).map(({ path }) => path))].sort(),
    sketches: sketches.map(({ _id, packed, texts, capacity }) => ({
      _id,
      texts,
      capacity,
      counters: [...unpackSketch(packed, texts, capacity).counters.values()]
        .map(({ stems, count, error, sentiment }) => ({ stems, count, error, sentiment }))
        .sort((a, b) => (a.stems < b.stems ? -1 : 1)),
    })),
    text: JSON.stringify(sketches),
  };
}

function isErased(document: FeedbackDocument, { what, id, orgId }: ErasureSubject): boolean {
  const { _id, acceptedAt } = document;
  if (orgId !== null && document.orgId !== orgId) return false;
  if (what === 'feedback') return _id.split(' ')[0] === id;
  const until = NOW.getTime() + (what === 'org' ? 2_000 : 0);
  return document[`${what}Id`] === id && acceptedAt.getTime() <= until;
}

describe('an erasure', () => {
  it('leaves aggregates and discovery as if the erased feedback had never existed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(accepted, { minLength: 1, maxLength: 20 }),
        subjects,
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        maybe('kept' as const, 'reduced' as const),
        async (feedback, subject, size, isCounted, retention) => {
          await clear();
          const documents = documentsOf(feedback);
          const isRetired = (document: FeedbackDocument) => retention !== undefined && isExpired(document);
          await store(models, documents, size);
          if (isCounted) await count(models);
          if (retention) await retire(models, documents, retention);
          const meant = documents.filter((document) => isErased(document, subject) && !isRetired(document));
          const signed = await erase(subject);
          expect(signed?.receipt.removed.feedback).toBe(meant.length);
          // Retained totals of removed feedback name an org at most.
          const isForgotten = (document: FeedbackDocument) =>
            isErased(document, subject) && !(retention === 'kept' && subject.what !== 'org' && isRetired(document));
          const others = documents.filter((document) => !isForgotten(document));
          await store(without, others, size);
          if (retention) await retire(without, others, retention);
          for (const database of [models, without]) await (retention ? recount(database) : count(database));
          const [left, right] = [await stateOf(models), await stateOf(without)];
          expect({ ...left, text: '' }).toEqual({ ...right, text: '' });
          for (const { _id } of meant) expect(left.text).not.toContain(`"${_id}"`);

          // Sent again, unchanged or as new feedback with the same id, it is not stored.
          const stored = documents.filter((document) => !isRetired(document));
          const again = stored.map((document) => ({ ...document, acceptedAt: new Date(3_000_000) }));
          const outcomes = await store(models, [...stored, ...again], size);
          const expected = stored.map((document) => (meant.includes(document) ? 'erased' : 'duplicate'));
          expect(outcomes).toEqual([...expected, ...expected]);
          expect((await stateOf(models)).totals).toEqual(right.totals);
        },
      ),
      { numRuns: 50, endOnFailure: true },
    );
  }, 120_000);

  it.each([
    { subject: { what: 'user', id: 'u1', orgId: null } as const, gone: 1 },
    // The org, its user, and two of its days; one of them counts only removed feedback.
    { subject: { what: 'org', id: 'o1', orgId: null } as const, retention: 'kept' as const, gone: 4 },
  ])(
    'of $subject.what that is interrupted at any step, and started again, ends as if it had not been interrupted',
    async ({ subject, retention, gone }) => {
      const documents = documentsOf(
        Array.from({ length: 12 }, (_, n) => ({
          acceptedAt: 1,
          createdAt: n * 1_000 + (n < 8 ? 2 * DAY : 0),
          orgId: subject.what === 'org' ? `o${n % 2}` : 'o1',
          userId: `u${n % 2}`,
          improvements: n % 4 < 2 ? 'The whiteboard markers were dry' : 'The parking garage smells',
        })),
      );
      const others = documents.filter((document) => !isErased(document, subject));
      const isThere = (document: FeedbackDocument) =>
        isErased(document, subject) && !(retention && isExpired(document));
      const meant = documents.filter(isThere).length;
      let lastStep = 1;
      for (let interruptedAt = 1; interruptedAt <= lastStep; interruptedAt++) {
        await clear();
        await store(models, documents, 5);
        await count(models);
        if (retention) await retire(models, documents, retention);
        const erasure = await requestErasure(models, subject, COMMAND_LINE, NOW);
        let steps = 0;
        const first = eraseStepByStep(erasure, () => {
          if (++steps === interruptedAt) throw new Error('the process ends here');
        });
        const isInterrupted = await first.then(
          () => false,
          () => true,
        );
        if (isInterrupted) lastStep = interruptedAt + 1;
        const again = (await findErasure(models, erasure._id))!;
        expect(again.finishedAt === null).toBe(isInterrupted);
        expect(mismatches(await storedAndRecomputed(models))).toEqual([]);
        const signed = isInterrupted ? await eraseStepByStep(again, () => {}) : again.receipt;
        expect(signed!.receipt.removed).toMatchObject({ feedback: meant, aggregates: gone });
        await store(without, others, 5);
        if (retention) await retire(without, others, retention);
        for (const database of [models, without]) await (retention ? recount(database) : count(database));
        expect({ ...(await stateOf(models)), text: '' }).toEqual({ ...(await stateOf(without)), text: '' });
      }
      expect(lastStep).toBeGreaterThan(12);
    },
    120_000,
  );

  it('leaves nothing behind that concurrent writers store of its subject', async () => {
    const subject = { what: 'user', id: 'u1', orgId: null } as const;
    const documents = Array.from({ length: 1_200 }, (_, n) =>
      toDocument(
        {
          id: `f${n}`,
          userId: `u${n % 3}`,
          orgId: 'o1',
          overallRating: 1 + (n % 5),
          createdAt: n * 1_000,
          // A third of the user's feedback was accepted after the erasure was requested.
          acceptedAt: NOW.getTime() + (n % 9 === 1 ? 1 : 0),
        },
        analyze(undefined),
      ),
    );
    let erasing: ReturnType<typeof erase> | undefined;
    await Promise.all(
      [0, 1, 2, 3].map(async (writerNumber) => {
        const writer = createBatchWriter(models, { maxParts: 1, oldMs: 0 });
        const own = documents.filter((_, n) => n % 4 === writerNumber);
        for (let at = 0; at < own.length; at += 10) {
          await writer.store(own.slice(at, at + 10));
          if (at === 100 && writerNumber === 0) erasing = erase(subject);
        }
      }),
    );
    const signed = await erasing;
    const meant = documents.filter((document) => isErased(document, subject));
    expect(signed!.receipt.removed.feedback).toBeGreaterThan(0);
    expect(signed!.receipt.removed.feedback).toBeLessThan(meant.length);
    await store(
      without,
      documents.filter((document) => !isErased(document, subject)),
      100,
    );
    expect(await stateOf(models)).toEqual(await stateOf(without));
  }, 60_000);

  describe('of an org whose retention kept totals', () => {
    const org = { what: 'org', id: 'o1', orgId: null } as const;
    const oneOf = (n: number, acceptedAt: number) =>
      toDocument(
        {
          id: `f${n}`,
          orgId: `o${n % 2}`,
          userId: `u${n % 3}`,
          overallRating: 1 + (n % 5),
          improvements: 'The parking garage smells',
          createdAt: ((n * 7) % 60) * DAY * 0.05,
          acceptedAt,
        },
        analyze('The parking garage smells'),
      );
    const later = NOW.getTime() + 3_000;

    it('keeps totals exact under ingest', async () => {
      const former = Array.from({ length: 120 }, (_, n) => oneOf(n, 1));
      await store(models, former, 40);
      await retire(models, former, 'kept');
      const more = Array.from({ length: 800 }, (_, n) => oneOf(200 + n, n % 9 === 1 ? later : 1));
      let erasing: ReturnType<typeof erase> | undefined;
      await Promise.all(
        [0, 1, 2].map(async (writerNumber) => {
          const writer = createBatchWriter(models, { maxParts: 1, oldMs: 0 });
          const own = more.filter((_, n) => n % 3 === writerNumber);
          for (let at = 0; at < own.length; at += 5) {
            await writer.store(own.slice(at, at + 5));
            if (at === 30 && writerNumber === 0) erasing = erase(org);
          }
        }),
      );
      await erasing;
      await store(
        without,
        former.filter((document) => !isErased(document, org)),
        40,
      );
      await retire(without, former, 'kept');
      await store(
        without,
        more.filter((document) => !isErased(document, org)),
        100,
      );
      expect((await stateOf(models)).totals).toEqual((await stateOf(without)).totals);
      expect(await models.retainedAggregates.countDocuments({ orgId: 'o1' })).toBe(0);
      expect(await models.retainedAggregates.countDocuments({ orgId: 'o0' })).toBeGreaterThan(0);
    }, 60_000);

    it('keeps later feedback, which retention does not remove before the erasure is done', async () => {
      await store(models, [oneOf(1, 1), oneOf(3, 1)], 2);
      await retire(models, [oneOf(1, 1)], 'kept');
      const erasure = await requestErasure(models, org, COMMAND_LINE, NOW);
      const late = [oneOf(61, later), oneOf(2, later)];
      await store(models, late, 2);
      const keep = () =>
        removeFeedback(
          models,
          createPartsWriter(models),
          late.map(({ _id }) => _id),
          { aggregates: 'kept', orgsBeingErased: (session) => orgsBeingErased(models, session) },
        );
      expect(await keep()).toBe(1);
      await eraseStepByStep(erasure, () => {});
      const countOf = async (path: string) =>
        new Map((await stateOf(models)).totals.find((totals) => totals.path === path)?.delta).get('n');
      expect([await countOf('org o1'), await countOf('org o0'), await countOf('all')]).toEqual([1, 1, 2]);
      expect(await keep()).toBe(1);
      expect([await countOf('org o1'), await countOf('org o0'), await countOf('all')]).toEqual([1, 1, 2]);
    });

    it('leaves no phrase of the org on days that were not recounted', async () => {
      const documents = Array.from({ length: 40 }, (_, n) => oneOf(n, 1));
      await store(models, documents, 40);
      await count(models);
      await retire(models, documents, 'kept');
      const sketchesOf = (id: string) => models.phraseSketches.countDocuments({ _id: RegExp(`^org ${id} `) });
      const before = await sketchesOf('o0');
      expect(before).toBeGreaterThan(1);
      const signed = await erase(org);
      expect([await sketchesOf('o0'), await sketchesOf('o1')]).toEqual([before, 0]);
      expect(signed?.receipt.removed.sketches).toBeGreaterThan(0);
    });
  });

  it('of a user changes no total that retention kept, since these name no user', async () => {
    const documents = documentsOf(
      Array.from({ length: 6 }, (_, n) => ({
        acceptedAt: 1,
        createdAt: n * 1_000,
        orgId: 'o1',
        userId: 'u1',
        sessionId: 's1',
      })),
    );
    await store(models, documents, 3);
    await retire(models, documents, 'kept');
    const before = await stateOf(models);
    expect(before.totals.map(({ path }) => path)).toEqual([
      'all',
      'all-day 1970-01-01',
      'org o1',
      'org-day o1 1970-01-01',
    ]);
    const signed = await erase({ what: 'user', id: 'u1', orgId: null });
    expect(signed?.receipt.removed.feedback).toBe(0);
    expect(await stateOf(models)).toEqual(before);
    expect(await settleRankings(models, () => false)).toBe(true);
    const { connection: _, erasures: __, ...all } = models;
    for (const { collection } of Object.values(all))
      expect(JSON.stringify(await collection.find({}).toArray())).not.toMatch(/\b(u1|s1)\b/);
  });
});
