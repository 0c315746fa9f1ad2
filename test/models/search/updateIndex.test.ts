import { beforeEach, expect, it } from '@jest/globals';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { parseQuery } from '../../../src/analysis/search/searchQuery.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { createPartsWriter } from '../../../src/models/aggregates/partsWriter.ts';
import { eraseChunk } from '../../../src/models/erasure/eraseFeedback.ts';
import { toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { createFeedbackSearch } from '../../../src/models/search/searchFeedback.ts';
import { createIndexUpdater, removeErased } from '../../../src/models/search/updateIndex.ts';
import { testModels } from '../../support/stores/models.ts';

const models = testModels();
beforeEach(async () => {
  const { connection: _, ...all } = models;
  await Promise.all(Object.values(all).map((model) => model.deleteMany()));
});

const SIZES = { usual: 8, max: 12, min: 3, characters: 250 };
const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const document = (id: string, improvements: string, createdAt = 1, acceptedAt = 1) =>
  toDocument({ id, orgId: 'acme', userId: id, improvements, acceptedAt, createdAt }, analyze(improvements));
const some = (count: number, text = 'The calendar is slow') =>
  Array.from({ length: count }, (_, n) => document(`f-${n}`, text, n));
const count = async (q: string) =>
  (await createFeedbackSearch(models)({ words: parseQuery(q) }, { order: 'newest', limit: 5 })).matches.count;
const indexedWords = async () =>
  new Set(
    (await models.searchParts.find().lean()).flatMap(({ terms = [] }) => terms).filter((term) => term[0] === 'w'),
  );

it('updaters of two processes build an index without a gap or a repeat', async () => {
  await createBatchWriter(models).store(some(60));
  const updaters = [createIndexUpdater(models, SIZES), createIndexUpdater(models, SIZES)];
  await Promise.all(
    updaters.map(async (update) => {
      while ((await update()).isWorking);
    }),
  );
  const blocks = await models.searchBlocks.find().lean();
  expect(blocks.reduce((sum, { rows }) => sum + rows, 0)).toBe(60);
  expect(blocks.every(({ rows }) => rows <= SIZES.max)).toBe(true);
  const ids = (await models.searchParts.find({ ids: { $exists: true } }).lean()).flatMap((part) => part.ids ?? []);
  expect(new Set(ids).size).toBe(60);
  expect(ids).toHaveLength(60);
  expect(await count('slow')).toBe(60);
});

it('feedback that is stored between blocks while its block is built is found', async () => {
  const { store } = createBatchWriter(models);
  await store(some(40));
  const update = createIndexUpdater(models, SIZES);
  while ((await update()).isWorking);
  let isDone = false;
  const updating = (async () => {
    while (!isDone) await update();
  })();
  for (let n = 0; n < 15; n++) {
    await store([document(`late-${n}`, 'Late words', n * 3, 5)]);
    expect(await count('late')).toBe(n + 1);
    expect(await count('slow')).toBe(40);
  }
  isDone = true;
  await updating;
  while ((await update()).isWorking);
  expect(await models.searchNotes.countDocuments()).toBe(0);
  expect(await models.searchBlocks.countDocuments({ isDirty: true })).toBe(0);
  expect(await count('late')).toBe(15);
});

it('no word of erased feedback is left in the index when an erasure ends', async () => {
  const { store } = createBatchWriter(models);
  await store([...some(30), document('secret', 'My name is Zarathustra', 15)]);
  const update = createIndexUpdater(models, SIZES);
  while ((await update()).isWorking);
  expect(await indexedWords()).toContain('wzarathustra');
  const erasure = {
    _id: 'e-1',
    acceptedUntil: new Date(),
    subject: { what: 'user' as const, id: 'secret', orgId: null },
  };
  await eraseChunk(models, createPartsWriter(models, {}), async () => 0, erasure, [document('secret', '')._id]);
  expect(await count('zarathustra')).toBe(0);
  // Feedback that is stored meanwhile does not keep it waiting.
  await store([document('later', 'Later', 16)]);
  await removeErased(createIndexUpdater(models, SIZES));
  expect(await indexedWords()).not.toContain('wzarathustra');
  expect(JSON.stringify(await models.searchParts.find().lean())).not.toContain('secret');
  expect(await count('later')).toBe(1);
  expect(await count('slow')).toBe(30);
});
