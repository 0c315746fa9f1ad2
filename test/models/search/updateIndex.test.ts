import { beforeEach, expect, it } from '@jest/globals';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { parseQuery } from '../../../src/analysis/search/searchQuery.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { createPartsWriter } from '../../../src/models/aggregates/partsWriter.ts';
import { eraseChunk } from '../../../src/models/erasure/eraseFeedback.ts';
import { toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { createFeedbackSearch } from '../../../src/models/search/searchFeedback.ts';
import type { SearchPartDocument } from '../../../src/models/search/searchSchemas.ts';
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
  (await createFeedbackSearch(models).find({ words: parseQuery(q) }, { order: 'newest', limit: 5 })).matches.count;
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
  const eraser = createIndexUpdater(models, SIZES);
  let pauses = 0;
  const pause = async () => {
    pauses++;
  };
  const context = { isStopping: () => false, pauseAfter: (tookMs: number) => tookMs, pause };
  expect(await removeErased(eraser, { ...context, isStopping: () => true })).toBe(false);
  expect(await indexedWords()).toContain('wzarathustra');
  expect(await removeErased(eraser, context)).toBe(true);
  expect(pauses).toBeGreaterThan(0);
  expect(await indexedWords()).not.toContain('wzarathustra');
  expect(JSON.stringify(await models.searchParts.find().lean())).not.toContain('secret');
  expect(await count('later')).toBe(1);
  expect(await count('slow')).toBe(30);
});

it('long texts whose words grow when they are folded are indexed, in commands that MongoDB accepts', async () => {
  const { store } = createBatchWriter(models);
  const text = (n: number) => Array.from({ length: 30 }, (_, word) => `${n}x${word}${'\ufdfa'.repeat(100)}`).join(' ');
  const long = [`a${'\ufdfa'.repeat(9_990)}`, `${'long '.repeat(1_000)}`];
  for (let n = 0; n < 320; n += 20)
    await store(
      Array.from({ length: 20 }, (_, index) => ({
        ...document(`f-${n + index}`, '', n),
        improvements: long[n + index] ?? text(n + index),
      })),
    );
  const update = createIndexUpdater(models);
  while ((await update()).isWorking);
  expect(await models.searchBlocks.countDocuments({ isDirty: false, rows: { $gt: 100 } })).toBe(1);
  const inBlock = { created: { before: new Date(100) } };
  for (const q of [`a${'\ufdfa'.repeat(9_000)}`, '17x5\ufdfa']) {
    const filter = { ...inBlock, words: parseQuery(q) };
    expect((await createFeedbackSearch(models).find(filter, { order: 'newest', limit: 5 })).matches.count).toBe(1);
  }
});

/** Models whose database refuses parts of a block with some term and over `max` ids, as it refuses long commands. */
function refusing(term: string, max: number) {
  const { db } = models.searchParts.db;
  const command = (sent: { documents?: SearchPartDocument[] }, options: object) => {
    const { documents = [] } = sent;
    const ids = documents.flatMap((part) => part.ids ?? []);
    if (ids.length > max && documents.some(({ terms = [] }) => terms.includes(term)))
      throw new RangeError('the offset is out of range');
    return db!.command(sent, options);
  };
  const searchParts = Object.create(models.searchParts, { db: { value: { db: { command } } } });
  return { ...models, searchParts };
}

it('a block that cannot be built is built as smaller ones', async () => {
  await createBatchWriter(models).store([...some(8), document('poison', 'Poison', 3)]);
  const update = createIndexUpdater(refusing('wpoison', 2), SIZES);
  let failures = 0;
  for (let steps = 0; steps < 60; steps++)
    await update().catch(() => {
      failures++;
    });
  expect(failures).toBeGreaterThan(0);
  expect((await update()).isWorking).toBe(false);
  expect(await models.searchBlocks.countDocuments({ isDirty: true })).toBe(0);
  expect((await models.searchBlocks.find().lean()).reduce((sum, { rows }) => sum + rows, 0)).toBe(9);
});

it('notes and new feedback do not wait for a block that cannot be built', async () => {
  const { store } = createBatchWriter(models);
  await store(some(30));
  const update = createIndexUpdater(models, SIZES);
  while ((await update()).isWorking);
  await store([document('poison', 'Poison', 1)]);
  const poisoned = createIndexUpdater(refusing('wpoison', 0), SIZES);
  for (let steps = 0; steps < 8; steps++) await poisoned().catch(() => {});
  expect(await models.searchNotes.countDocuments()).toBe(0);
  await store(Array.from({ length: 5 }, (_, n) => document(`new-${n}`, 'New', 100 + n)));
  for (let steps = 0; steps < 8; steps++) await poisoned().catch(() => {});
  expect(await indexedWords()).toContain('wnew');
  expect(await count('poison')).toBe(1);
});

it('an index in another format is not read, and built again', async () => {
  await createBatchWriter(models).store(some(30));
  const update = createIndexUpdater(models, SIZES);
  while ((await update()).isWorking);
  expect((await update()).isWorking).toBe(false);
  const inState = (value: object) =>
    models.internalState.collection.updateOne({ _id: 'search index' as never }, { $set: value });
  await models.searchParts.collection.updateMany({ terms: 'wslow' }, { $set: { 'terms.$': 'wslöw' } });
  expect(await count('slow')).toBeLessThan(30);
  await inState({ 'value.format': '0', 'value.token': 'a' });
  expect(await count('slow')).toBe(30);
  while ((await update()).isWorking);
  expect(await indexedWords()).not.toContain('wslöw');
  expect(await models.searchBlocks.countDocuments({ isDirty: true })).toBe(0);
  const { value } = (await models.internalState.findById('search index').lean())!;
  expect(value).toMatchObject({ format: expect.stringMatching(/^\d+, Unicode \d/) });
});

it('other blocks of the same version, after a failover, are told apart', async () => {
  const { store } = createBatchWriter(models);
  await store(some(30));
  const update = createIndexUpdater(models, SIZES);
  while ((await update()).isWorking);
  const collections = [models.internalState, models.searchBlocks, models.searchParts].map(
    ({ collection }) => collection,
  );
  const before = await Promise.all(collections.map((collection) => collection.find().toArray()));
  const search = createFeedbackSearch(models);
  const found = async (q: string) =>
    (await search.find({ words: parseQuery(q) }, { order: 'newest', limit: 5 })).matches.count;
  const change = async (id: string) => {
    await store([document(id, id, 3)]);
    while ((await update()).isWorking);
    expect(await found(id)).toBe(1);
    const { value } = (await models.internalState.findById('search index').lean())!;
    return (value as { version: number }).version;
  };
  const version = await change('lost');
  await models.feedback.deleteOne({ improvements: 'lost' });
  for (const [index, collection] of collections.entries()) {
    await collection.deleteMany({});
    await collection.insertMany(before[index] as never[]);
  }
  expect(await change('other')).toBe(version);
  expect(await found('lost')).toBe(0);
  expect(await found('slow')).toBe(30);
});
