import { expect, it, jest } from '@jest/globals';
import { unpackSketch } from '../../../src/aggregates/discovery/packSketch.ts';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { knownBy, phrasesIn } from '../../../src/analysis/discovery/phrases.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { countPhrases } from '../../../src/models/discovery/countPhrases.ts';
import { recountPhrases } from '../../../src/models/discovery/recountPhrases.ts';
import { toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { testModels } from '../../support/stores/models.ts';

const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const isKnown = knownBy(defaultTaxonomy);
const find = (text: string) => phrasesIn(text, analyze(text).clauses, isKnown);

const models = testModels();

const DAY = Date.UTC(2026, 0, 5);
const document = (n: number, orgId: string) => {
  const improvements = `The whiteboard markers in the garden room were dry, number ${n}.`;
  const fields = { id: `f-${n}`, orgId, improvements, createdAt: DAY + n * 1_000, acceptedAt: DAY + n };
  return toDocument(fields, analyze(improvements));
};

async function countsOf(path: string) {
  const stored = await models.phraseSketches.findById(path).lean();
  if (!stored) return undefined;
  const sketch = unpackSketch(stored.packed, stored.texts, stored.capacity);
  const { count, error } = sketch.counters.get('whiteboard marker')!;
  return { texts: sketch.texts, count, error };
}

it('discovery counts each feedback once after repeats, crashes and concurrent counts', async () => {
  const writer = createBatchWriter(models);
  const all = Array.from({ length: 300 }, (_, n) => document(n, n % 3 === 0 ? 'acme' : 'rival'));
  for (let offset = 0; offset < 300; offset += 20) await writer.store(all.slice(offset, offset + 20));
  await writer.store(all.slice(50, 150));

  // A count that fails before its commit changes nothing.
  const broken = () => {
    throw new Error('the process ends here');
  };
  await expect(countPhrases(models, broken)).rejects.toThrow('ends here');
  expect(await models.phraseSketches.countDocuments()).toBe(0);
  expect(await models.pendingTexts.countDocuments()).toBe(15);

  const several = await Promise.allSettled(Array.from({ length: 4 }, () => countPhrases(models, find)));
  expect(several.some(({ status }) => status === 'fulfilled')).toBe(true);
  while ((await models.pendingTexts.countDocuments()) > 0) await countPhrases(models, find);
  await writer.store(all);
  expect(await models.pendingTexts.countDocuments()).toBe(0);
  expect(await countPhrases(models, find)).toBe(0);

  expect(await countsOf('all 2026-01-05')).toEqual({ texts: 300, count: 300, error: 0 });
  expect(await countsOf('org acme 2026-01-05')).toEqual({ texts: 100, count: 100, error: 0 });
  expect(await countsOf('org rival 2026-01-05')).toEqual({ texts: 200, count: 200, error: 0 });
});

it('discovery counts feedback once if its day is recounted at the same time', async () => {
  const writer = createBatchWriter(models);
  await writer.store(Array.from({ length: 20 }, (_, n) => document(1_000 + n, 'acme')));
  const sketches = models.phraseSketches.collection;
  const write = sketches.bulkWrite.bind(sketches);
  const spy = jest.spyOn(sketches, 'bulkWrite').mockImplementationOnce(async (...args) => {
    await recountPhrases(models, '2026-01-05');
    return write(...args);
  });
  await countPhrases(models, find);
  spy.mockRestore();
  while ((await countPhrases(models, find)) > 0);
  const stored = await models.feedback.countDocuments();
  expect(await models.pendingTexts.countDocuments()).toBe(0);
  expect(await countsOf('all 2026-01-05')).toEqual({ texts: stored, count: stored, error: 0 });
});
