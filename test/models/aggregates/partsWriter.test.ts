import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import type { FeedbackInput } from '../../../src/ingest/feedbackSchema.ts';
import { partsUnder } from '../../../src/models/aggregates/aggregateSchema.ts';
import { mergeOldParts } from '../../../src/models/aggregates/mergeOldParts.ts';
import { createPartsWriter, type PartsWriter } from '../../../src/models/aggregates/partsWriter.ts';
import { readDays, readTotals, type Subject } from '../../../src/models/aggregates/readTotals.ts';
import { refreshSpans } from '../../../src/models/aggregates/refreshSpans.ts';
import { splitParts } from '../../../src/models/aggregates/splitParts.ts';
import { toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { inTransaction } from '../../../src/models/mongodb/inTransaction.ts';
import { removeFeedback } from '../../../src/models/retention/removeFeedback.ts';
import { createRandom } from '../../../tools/support/random.ts';
import { addParts } from '../../support/stores/addParts.ts';
import { testModels } from '../../support/stores/models.ts';

const models = testModels();
beforeEach(async () => {
  await models.aggregates.deleteMany();
});

const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
let next = 0;

async function addOne(parts: PartsWriter, overallRating = 5, userId = 'u'): Promise<void> {
  const feedback = {
    id: `${next++}`,
    orgId: 'acme',
    userId,
    overallRating,
    acceptedAt: next,
    createdAt: next,
  };
  await addParts(models, parts, [toDocument(feedback, analyze(undefined))]);
}

/** A writer whose transactions are aborted after it has staged its parts. */
const throwAfterStaging = (parts: PartsWriter): PartsWriter => ({
  ...parts,
  async stage(deltas, transaction) {
    await parts.stage(deltas, transaction);
    throw new Error('aborted');
  },
});

const partsOfAcme = () => models.aggregates.countDocuments({ _id: /^org acme / });
const countOfAcme = async () => (await readTotals(models, { level: 'org', id: 'acme' })).delta.get('n');

describe('a parts writer', () => {
  it('keeps the parts of an aggregate few, however many batches it adds', async () => {
    const parts = createPartsWriter(models, { maxParts: 4 });
    const seen: number[] = [];
    for (let n = 1; n <= 20; n++) {
      await addOne(parts);
      seen.push(await partsOfAcme());
      expect(await countOfAcme()).toBe(n);
    }
    expect(Math.max(...seen)).toBe(4);
  });

  it('keeps the parts of an aggregate few while it forgets many others that gain in between', async () => {
    const parts = createPartsWriter(models, { maxParts: 4, remembered: 6 });
    for (let n = 1; n <= 30; n++) {
      await addOne(parts, 5, `u-${n}`);
      expect(await partsOfAcme()).toBeLessThanOrEqual(4);
    }
    expect(await countOfAcme()).toBe(30);
  });

  it('adopts the parts of writers that have ended, once they are old', async () => {
    for (let n = 0; n < 10; n++) await addOne(createPartsWriter(models));
    expect(await partsOfAcme()).toBe(10);
    // Young parts may still be in use.
    for (const [oldMs, count] of [
      [60_000, 11],
      [0, 1],
    ] as const) {
      const writer = createPartsWriter(models, { maxParts: 2, oldMs });
      for (let n = 0; n < 3; n++) await addOne(writer);
      expect(await partsOfAcme()).toBe(count);
    }
    expect(await countOfAcme()).toBe(16);
  });

  it('counts parts once if another writer has merged them meanwhile', async () => {
    const [first, second] = [createPartsWriter(models, { maxParts: 2 }), createPartsWriter(models, { maxParts: 3 })];
    for (let n = 0; n < 30; n++) {
      await addOne(first);
      await addOne(second);
      expect(await countOfAcme()).toBe(2 * (n + 1));
    }
  });

  it('neither counts nor remembers the parts of an aborted transaction', async () => {
    const parts = createPartsWriter(models, { maxParts: 2 });
    await addOne(parts);
    const feedback = { id: 'x', orgId: 'acme', acceptedAt: 1, createdAt: 1 };
    const aborted = addParts(models, throwAfterStaging(parts), [toDocument(feedback, analyze(undefined))]);
    await expect(aborted).rejects.toThrow('aborted');
    expect(await countOfAcme()).toBe(1);
    for (let n = 0; n < 5; n++) await addOne(parts);
    expect(await countOfAcme()).toBe(6);
  });

  it('merges its parts without reading them, as long as they are unchanged', async () => {
    const parts = createPartsWriter(models, { maxParts: 3 });
    const find = jest.spyOn(models.aggregates.collection, 'find');
    for (let n = 0; n < 4; n++) await addOne(parts);
    expect(find).toHaveBeenCalledTimes(1);
    for (let n = 0; n < 20; n++) await addOne(parts);
    expect(find).toHaveBeenCalledTimes(1);
    find.mockRestore();
    expect(await countOfAcme()).toBe(24);
    expect(await partsOfAcme()).toBeLessThanOrEqual(3);
  });

  const orgPath = { $or: partsUnder('org acme') };
  it.each<[changed: string, change: () => Promise<unknown>, n: number]>([
    [
      'given other times',
      () =>
        inTransaction(models, (transaction) => {
          const key = { kind: 'org', path: 'org acme', orgId: 'acme', id: 'acme' } as const;
          return refreshSpans(models, [{ key, first: true, last: false }], transaction);
        }),
      20,
    ],
    [
      'split',
      () =>
        inTransaction(models, async (transaction) => {
          const found = await models.aggregates.find(orgPath, null, { session: transaction }).lean();
          await splitParts(models, found, new Set(['org acme']), transaction);
        }),
      20,
    ],
    ['removed', () => models.aggregates.deleteMany(orgPath), 11],
    ['merged', () => mergeOldParts(models, undefined, { minParts: 2, oldMs: -60_000 }), 20],
  ])('reads its parts if they were %s meanwhile, and counts the stored ones', async (_, change, n) => {
    const conflicts: number[] = [];
    const parts = createPartsWriter(models, { maxParts: 3, onConflict: () => conflicts.push(1) });
    for (let batch = 0; batch < 9; batch++) await addOne(parts);
    await change();
    for (let batch = 0; batch < 11; batch++) await addOne(parts);
    expect(await countOfAcme()).toBe(n);
    expect(conflicts).toHaveLength(1);
    expect(await partsOfAcme()).toBeLessThanOrEqual(6);
  });

  describe('with pairs of aggregates', () => {
    const add = (parts: PartsWriter, feedback: Partial<FeedbackInput>[]) => {
      const documents = feedback.map((input) => {
        const [id, nowMs] = [`${next++}`, next];
        const record = { ...input, id, orgId: 'acme', acceptedAt: nowMs, createdAt: nowMs };
        return toDocument(record, analyze(undefined));
      });
      return addParts(models, parts, documents);
    };
    const countParts = (path: string) => models.aggregates.countDocuments({ $or: partsUnder(path) });
    const count = async (subject: Subject) => (await readTotals(models, subject)).delta.get('n');
    const user = (id: string): Subject => ({ level: 'user', id, orgId: 'acme' });
    const session = (id: string): Subject => ({ level: 'session', id, orgId: 'acme' });

    it('writes one part for both if they have the same delta', async () => {
      await add(createPartsWriter(models), [{ userId: 'u%1', sessionId: 's%1' }]);
      // The user and the session, the org and its day, everyone and the day.
      expect(await models.aggregates.countDocuments()).toBe(3);
      for (const level of [user('u%1'), session('s%1'), { level: 'all' } as const]) expect(await count(level)).toBe(1);
      expect([...(await readDays(models, { level: 'org', id: 'acme' }, {})).keys()]).toEqual(['1970-01-01']);
    });

    it('writes a part for each if one of them gains more', async () => {
      await add(createPartsWriter(models), [
        { userId: 'u', sessionId: 's-1' },
        { userId: 'u', sessionId: 's-2' },
      ]);
      expect(await countParts('user u')).toBe(1);
      expect([await count(user('u')), await count(session('s-1')), await count(session('s-2'))]).toEqual([2, 1, 1]);
    });

    it('keeps parts few, and returns to the second of a pair what was its own', async () => {
      const parts = createPartsWriter(models, { maxParts: 3 });
      const random = createRandom('pairs');
      const counts = new Map<string, number>();
      for (let n = 1; n <= 60; n++) {
        const [userId, sessionId] = [`u-${random.int(1, 3)}`, `s-${random.int(1, 3)}`];
        await add(parts, [{ userId, sessionId }]);
        for (const id of [userId, sessionId]) counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      for (const [id, n] of counts) {
        const subject = id.startsWith('u') ? user(id) : session(id);
        expect([id, await count(subject)]).toEqual([id, n]);
        expect(await countParts(`${subject.level} ${id}`)).toBeLessThanOrEqual(4);
      }
      expect(await countParts('org acme')).toBeLessThanOrEqual(4);
      expect(await countParts('all-day')).toBeLessThanOrEqual(4);
    });

    it('splits a paired part before one of its aggregates is removed', async () => {
      const parts = createPartsWriter(models);
      await add(parts, [{ userId: 'goes', sessionId: 'stays' }]);
      await add(parts, [{ userId: 'stays', sessionId: 'stays' }]);
      await inTransaction(models, async (transaction) => {
        const found = await models.aggregates
          .find({ $or: partsUnder('user goes') }, null, { session: transaction })
          .lean();
        const ids = await splitParts(models, found, new Set(['user goes acme']), transaction);
        expect(ids).toHaveLength(1);
        await models.aggregates.deleteMany({ _id: { $in: ids } }, { session: transaction });
      });
      expect(await count(session('stays'))).toBe(2);
      expect(JSON.stringify(await models.aggregates.find().lean())).not.toContain('goes');
    });

    it('splits no part for a subtraction that removes neither the first nor the last feedback, nor all', async () => {
      const writer = createBatchWriter(models);
      const at = (day: number, hour: number) => {
        const createdAt = Date.UTC(2026, 0, day, hour);
        const fields = { id: `f-${day}-${hour}`, orgId: 'acme', userId: 'u', sessionId: 's' };
        return toDocument({ ...fields, createdAt, acceptedAt: createdAt }, analyze(undefined));
      };
      for (const hours of [[5], [6], [7]].map(([day]) => [1, 2, 3].map((hour) => at(day!, hour))))
        await writer.store(hours);
      const pairs = () => models.aggregates.countDocuments({ also: { $exists: true } });
      expect(await pairs()).toBe(6);
      expect(await removeFeedback(models, createPartsWriter(models), ['f-6-2 acme'])).toBe(1);
      expect(await pairs()).toBeGreaterThanOrEqual(6);
      expect(await count(session('s'))).toBe(8);
      // The first feedback: the parts that must change are split, and the totals stay exact.
      expect(await removeFeedback(models, createPartsWriter(models), ['f-5-1 acme'])).toBe(1);
      expect(await count(session('s'))).toBe(7);
      const [first] = (await readDays(models, { level: 'org', id: 'acme' }, {})).values();
      expect(first).toMatchObject({ firstAt: new Date(Date.UTC(2026, 0, 5, 2)) });
    });
  });
});
