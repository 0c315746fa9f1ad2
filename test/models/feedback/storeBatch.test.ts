import { expect, it } from '@jest/globals';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { closeDatabase, openDatabase } from '../../../src/models/database.ts';
import { toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { TransactionAborted } from '../../../src/models/mongodb/inTransaction.ts';
import { mismatches, storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { testModels } from '../../support/stores/models.ts';

const models = testModels();
const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const document = (id: string) =>
  toDocument({ id, orgId: 'acme', overallRating: 4, acceptedAt: 1, createdAt: 1 }, analyze(undefined));

it('a batch writer leaves no lock behind if a contribution cannot be computed', async () => {
  const { store } = createBatchWriter(models);
  const { host, port, name } = models.connection;
  // On the same connection, the next transaction would end the previous one.
  const others = openDatabase({ uri: `mongodb://${host}:${port}/${name}`, appName: 'tests', poolSize: 2 });
  const sound = Array.from({ length: 500 }, (_, n) => document(`f-${n}`));
  const broken = { ...document('broken'), analysis: {} as never };
  await expect(store([...sound, broken])).rejects.toThrow(TypeError);
  expect(await models.feedback.countDocuments()).toBe(0);
  // If the transaction were still open, this would wait a minute for MongoDB to end it.
  try {
    await others.connection.asPromise();
    expect(await createBatchWriter(others).store(sound)).toEqual(sound.map(() => 'stored'));
  } finally {
    await closeDatabase(others);
  }
}, 20_000);

it('feedback of an import replaces none, and is an app’s own once the app sends it', async () => {
  const { store } = createBatchWriter(models);
  const at = (id: string, acceptedAt: number, importId?: string) => ({
    ...toDocument({ id, orgId: 'acme', overallRating: acceptedAt, acceptedAt, createdAt: 1 }, analyze(undefined)),
    ...(importId !== undefined && { importId }),
  });
  const read = async (id: string) => {
    const found = await models.feedback.findById(at(id, 1)._id).lean();
    return [found?.overallRating, found?.importId];
  };
  await store([at('posted', 5)]);
  // Accepted earlier, stored later: the feedback that was there before the import stays.
  expect(await store([at('posted', 2, 'an-import'), at('imported', 2, 'an-import')])).toEqual(['duplicate', 'stored']);
  expect([await read('posted'), await read('imported')]).toEqual([
    [5, undefined],
    [2, 'an-import'],
  ]);
  expect(await store([at('imported', 2, 'another')])).toEqual(['duplicate']);
  expect(await read('imported')).toEqual([2, 'an-import']);
  expect(await store([at('imported', 4)])).toEqual(['duplicate']);
  expect(await read('imported')).toEqual([2, undefined]);
  await store([at('older', 3, 'an-import')]);
  // Accepted before the import: it was in a queue.
  await store([at('older', 1)]);
  expect(await read('older')).toEqual([1, undefined]);
  expect(mismatches(await storedAndRecomputed(models))).toEqual([]);
});

it('what is stored alongside a batch commits with it, or stops it', async () => {
  const { store } = createBatchWriter(models);
  const counts: unknown[] = [];
  const note = async (_: unknown, count: object) => void counts.push(count);
  await store([document('one'), document('two')], note);
  await store([document('two'), document('three')], note);
  await store([], note);
  expect(counts.at(0)).toEqual({ stored: 2, erased: 0 });
  expect(counts.slice(-2)).toEqual([
    { stored: 1, erased: 0 },
    { stored: 0, erased: 0 },
  ]);
  const refuse = async () => {
    throw new TransactionAborted('no');
  };
  await expect(store([document('four')], refuse)).rejects.toThrow('no');
  expect(await models.feedback.exists({ _id: document('four')._id })).toBeNull();
});
