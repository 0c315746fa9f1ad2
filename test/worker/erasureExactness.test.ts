import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayOf } from '../../src/aggregates/aggregateKey.ts';
import { unpackSketch } from '../../src/aggregates/discovery/packSketch.ts';
import { createAnalyzer } from '../../src/analysis/analyzer.ts';
import { knownBy, phrasesIn } from '../../src/analysis/discovery/phrases.ts';
import { defaultTaxonomy } from '../../src/analysis/taxonomy/defaultTaxonomy.ts';
import type { AcceptedFeedback } from '../../src/ingest/feedbackSchema.ts';
import { keysOfPart } from '../../src/models/aggregates/aggregateSchema.ts';
import { createPartsWriter, type PartsWriter } from '../../src/models/aggregates/partsWriter.ts';
import { mismatches, verifyAggregates } from '../../src/models/aggregates/verifyAggregates.ts';
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
import { removeFeedback } from '../../src/models/retention/removeFeedback.ts';
import { isolatedStores } from '../support/stores.ts';

let models: Models;
/** where what is erased never was */
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
  for (const one of [models, without]) {
    await one.connection.dropDatabase();
    await closeDatabase(one);
  }
});

async function clear(): Promise<void> {
  const collections = [models, without].flatMap(({ connection: _, internalState: __, ...all }) =>
    Object.values(all),
  );
  await Promise.all(collections.map((model) => model.deleteMany()));
}
beforeEach(clear);

const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const isKnown = knownBy(defaultTaxonomy);
const find = (text: string) => phrasesIn(text, analyze(text).clauses, isKnown);
const maybe = <T>(...values: T[]) => fc.constantFrom(...values, undefined);
const DAY = 86_400_000;
const NOW = new Date(1_000_000);
/** What was created before goes by retention, where there is any: in the middle of a day. */
const HORIZON = new Date(1.5 * DAY);

const accepted = fc
  .record({
    namespace: maybe('o1'),
    acceptedAt: fc.integer({ min: 0, max: 2_000_000 }),
    createdAt: fc.integer({ min: 0, max: 3 * DAY }),
    orgId: maybe('o1', 'o2', '$o'),
    userId: maybe('u1', 'u2'),
    sessionId: maybe('s1', 's2'),
    overallRating: maybe(1, 5),
    easeOfUse: maybe('a.b', '$inc', '__proto__', '%other'),
    /** whose list of answers was full */
    full: maybe('org', 'all'),
    experiment: maybe('e'),
    improvements: maybe(
      'The whiteboard markers were dry, but a great coach',
      'The reminders are terrible. A whiteboard marker was dry.',
      'The parking garage smells of old cheese',
    ),
  })
  .map(({ full, ...one }) => ({
    ...one,
    ...(one.experiment && { variant: 'v' }),
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
  feedback.map((one, n) => {
    const sent = JSON.parse(JSON.stringify({ id: `f${n}`, ...one })) as AcceptedFeedback;
    return toDocument(sent, analyze(sent.improvements));
  });

async function store(into: Models, documents: FeedbackDocument[], size: number): Promise<string[]> {
  const writer = createBatchWriter(into, { maxParts: 2, oldMs: 0 });
  const outcomes: string[] = [];
  for (let at = 0; at < documents.length; at += size)
    outcomes.push(...(await writer.store(documents.slice(at, at + size))));
  return outcomes;
}

const isExpired = ({ createdAt, acceptedAt }: FeedbackDocument) => createdAt < HORIZON && acceptedAt <= NOW;

/** Removes what is older than the horizon, as retention does; phrases are counted anew apart from it. */
async function retire(from: Models, documents: FeedbackDocument[], aggregates: 'kept' | 'reduced') {
  const parts = createPartsWriter(from, { maxParts: 2, oldMs: 0 });
  const ids = documents.filter(isExpired).map(({ _id }) => _id);
  for (let at = 0; at < ids.length; at += 3)
    await removeFeedback(from, parts, ids.slice(at, at + 3), {
      aggregates,
      orgsBeingErased: (session) => orgsBeingErased(from, session),
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

/** What an erasure does, in chunks of two. `step` is called between any two steps, and in the middle of transactions. */
async function eraseStepByStep(erasure: ErasureDocument, step: () => unknown) {
  const settled = { ...erasure, subject: erasure.subject! };
  const findOrBreakOff = (text: string) => {
    step();
    return find(text);
  };
  const forget: ForgetPhrases = (deleted, session) => forgetPhrases(models, deleted, findOrBreakOff, session);
  await beginErasure(models, erasure, settled.subject);
  step();
  const parts = createPartsWriter(models, { maxParts: 2, oldMs: 0 });
  for await (const ids of findErasable(models, settled, 2)) {
    await setFeedbackTombstones(models, ids, settled.acceptedUntil);
    step();
    await eraseChunk(models, parts, forget, settled, ids);
    step();
    await eraseChunk(models, parts, forget, settled, ids);
  }
  if (settled.subject.what === 'org') {
    const retired = { erasureId: erasure._id, orgId: settled.subject.id, limit: 2 };
    const orBreakOff: PartsWriter = {
      ...parts,
      async stage(deltas, transaction) {
        await step();
        const staged = await parts.stage(deltas, transaction);
        await step();
        return staged;
      },
    };
    while ((await eraseRetainedTotals(models, orBreakOff, retired)) > 0) await step();
    await eraseOrgSketches(models, erasure._id, settled.subject.id);
    await step();
  }
  await removeEmptyAggregates(models, settled);
  step();
  return finishErasure(models, erasure._id);
}

async function stateOf(of: Models) {
  const audit = await verifyAggregates(of);
  expect(mismatches(audit)).toEqual([]);
  const parts = await of.aggregates.find().lean();
  const sketches = await of.phraseSketches.find().sort({ _id: 1 }).lean();
  return {
    feedback: (await of.feedback.find().sort({ _id: 1 }).lean()).map(({ _id }) => _id),
    totals: audit.stored,
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

function isMeant(document: FeedbackDocument, { what, id, orgId }: ErasureSubject): boolean {
  const { _id, acceptedAt } = document;
  if (orgId !== null && document.orgId !== orgId) return false;
  if (what === 'feedback') return _id.split(' ')[0] === id;
  const until = NOW.getTime() + (what === 'org' ? 2_000 : 0);
  return document[`${what}Id`] === id && acceptedAt.getTime() <= until;
}

describe('an erasure', () => {
  it('leaves aggregates and discovery as if what is erased had never been', async () => {
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
          const isGone = (one: FeedbackDocument) => retention !== undefined && isExpired(one);
          await store(models, documents, size);
          if (isCounted) await count(models);
          if (retention) await retire(models, documents, retention);
          const meant = documents.filter((one) => isMeant(one, subject) && !isGone(one));
          const signed = await erase(subject);
          expect(signed?.receipt.removed.feedback).toBe(meant.length);
          // What went by retention, and totals go on counting, names nobody but an org.
          const isForgotten = (one: FeedbackDocument) =>
            isMeant(one, subject) && !(retention === 'kept' && subject.what !== 'org' && isGone(one));
          const others = documents.filter((one) => !isForgotten(one));
          await store(without, others, size);
          if (retention) await retire(without, others, retention);
          for (const one of [models, without]) await (retention ? recount(one) : count(one));
          const [left, right] = [await stateOf(models), await stateOf(without)];
          expect({ ...left, text: '' }).toEqual({ ...right, text: '' });
          for (const { _id } of meant) expect(left.text).not.toContain(`"${_id}"`);

          // Sent again, as it was or anew under the same id, it stays away.
          const stored = documents.filter((one) => !isGone(one));
          const again = stored.map((one) => ({ ...one, acceptedAt: new Date(3_000_000) }));
          const outcomes = await store(models, [...stored, ...again], size);
          const expected = stored.map((one) => (meant.includes(one) ? 'erased' : 'duplicate'));
          expect(outcomes).toEqual([...expected, ...expected]);
          expect((await stateOf(models)).totals).toEqual(right.totals);
        },
      ),
      { numRuns: 50, endOnFailure: true },
    );
  }, 120_000);

  it.each([
    { subject: { what: 'user', id: 'u1', orgId: null } as const, gone: 1 },
    // The org, its user, and two of its days, of one of which nothing is left but what went before.
    { subject: { what: 'org', id: 'o1', orgId: null } as const, retention: 'kept' as const, gone: 4 },
  ])(
    'of $subject.what that is broken off at any step, and begun again, ends as if it had not been',
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
      const others = documents.filter((one) => !isMeant(one, subject));
      const isThere = (one: FeedbackDocument) => isMeant(one, subject) && !(retention && isExpired(one));
      const meant = documents.filter(isThere).length;
      let lastStep = 1;
      for (let brokenAt = 1; brokenAt <= lastStep; brokenAt++) {
        await clear();
        await store(models, documents, 5);
        await count(models);
        if (retention) await retire(models, documents, retention);
        const erasure = await requestErasure(models, subject, COMMAND_LINE, NOW);
        let steps = 0;
        const first = eraseStepByStep(erasure, () => {
          if (++steps === brokenAt) throw new Error('the process ends here');
        });
        const isBrokenOff = await first.then(
          () => false,
          () => true,
        );
        if (isBrokenOff) lastStep = brokenAt + 1;
        const again = (await findErasure(models, erasure._id))!;
        expect(again.finishedAt === null).toBe(isBrokenOff);
        expect(mismatches(await verifyAggregates(models))).toEqual([]);
        const signed = isBrokenOff ? await eraseStepByStep(again, () => {}) : again.receipt;
        expect(signed!.receipt.removed).toMatchObject({ feedback: meant, aggregates: gone });
        await store(without, others, 5);
        if (retention) await retire(without, others, retention);
        for (const one of [models, without]) await (retention ? recount(one) : count(one));
        expect({ ...(await stateOf(models)), text: '' }).toEqual({ ...(await stateOf(without)), text: '' });
      }
      expect(lastStep).toBeGreaterThan(12);
    },
    120_000,
  );

  it('is not passed by while it goes on: writers that are at work store nothing that is meant', async () => {
    const subject = { what: 'user', id: 'u1', orgId: null } as const;
    const documents = Array.from({ length: 1_200 }, (_, n) =>
      toDocument(
        {
          id: `f${n}`,
          userId: `u${n % 3}`,
          orgId: 'o1',
          overallRating: 1 + (n % 5),
          createdAt: n * 1_000,
          // A third of what comes of the user was accepted after the erasure was asked for.
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
    const meant = documents.filter((one) => isMeant(one, subject));
    expect(signed!.receipt.removed.feedback).toBeGreaterThan(0);
    expect(signed!.receipt.removed.feedback).toBeLessThan(meant.length);
    await store(
      without,
      documents.filter((one) => !isMeant(one, subject)),
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

    it('is exact under ingest', async () => {
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
        former.filter((one) => !isMeant(one, org)),
        40,
      );
      await retire(without, former, 'kept');
      await store(
        without,
        more.filter((one) => !isMeant(one, org)),
        100,
      );
      expect((await stateOf(models)).totals).toEqual((await stateOf(without)).totals);
      expect(await models.retainedAggregates.countDocuments({ orgId: 'o1' })).toBe(0);
      expect(await models.retainedAggregates.countDocuments({ orgId: 'o0' })).toBeGreaterThan(0);
    }, 60_000);

    it('spares what came after it: until it is done, retention leaves that alone', async () => {
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
        new Map((await stateOf(models)).totals.find((one) => one.path === path)?.delta).get('n');
      expect([await countOf('org o1'), await countOf('org o0'), await countOf('all')]).toEqual([1, 1, 2]);
      expect(await keep()).toBe(1);
      expect([await countOf('org o1'), await countOf('org o0'), await countOf('all')]).toEqual([1, 1, 2]);
    });

    it('leaves no phrase of it on days that were not counted anew', async () => {
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

  it('of a user changes no total that retention kept: it names no user', async () => {
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
    const { connection: _, erasures: __, ...all } = models;
    for (const { collection } of Object.values(all))
      expect(JSON.stringify(await collection.find({}).toArray())).not.toMatch(/\b(u1|s1)\b/);
  });
});
