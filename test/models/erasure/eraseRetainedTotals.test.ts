import { expect, it } from '@jest/globals';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { createPartsWriter } from '../../../src/models/aggregates/partsWriter.ts';
import { readTotals } from '../../../src/models/aggregates/readTotals.ts';
import { eraseRetainedTotals } from '../../../src/models/erasure/eraseRetainedTotals.ts';
import { toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { removeFeedback } from '../../../src/models/retention/removeFeedback.ts';
import { mismatches, storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { testModels } from '../../support/stores/models.ts';

const models = testModels();

it('subtracts the retained totals of an org from its own totals and from everyone’s', async () => {
  const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
  const documents = Array.from({ length: 40 }, (_, n) => {
    const fields = {
      id: `f-${n}`,
      orgId: n % 4 ? 'leaving' : 'staying',
      userId: `u-${n % 3}`,
      overallRating: 1 + (n % 5),
      experiment: 'checkout',
      variant: 'blue',
      createdAt: Date.UTC(2026, 0, 1 + n),
      acceptedAt: n,
    };
    return toDocument({ ...fields, improvements: 'The pages are slow.' }, analyze('The pages are slow.'));
  });
  await createBatchWriter(models).store(documents);
  const parts = createPartsWriter(models);
  const old = documents.slice(0, 20).map(({ _id }) => _id);
  await removeFeedback(models, parts, old, { aggregates: 'kept', orgsBeingErased: async () => [] });
  const countOf = async (id: string) => (await readTotals(models, { level: 'org', id })).delta.get('n');
  const everyones = async () => (await readTotals(models, { level: 'all' })).delta.get('n');
  expect([await countOf('leaving'), await everyones()]).toEqual([30, 40]);

  const remaining = documents.slice(20).filter(({ orgId }) => orgId === 'leaving');
  await removeFeedback(
    models,
    parts,
    remaining.map(({ _id }) => _id),
  );
  expect([await countOf('leaving'), await everyones()]).toEqual([15, 25]);
  // One aggregate at a time; totals are exact after each.
  const eraseOne = () => eraseRetainedTotals(models, parts, { erasureId: 'none', orgId: 'leaving', limit: 1 });
  let erased = 0;
  while ((await eraseOne()) > 0) {
    erased++;
    expect(mismatches(await storedAndRecomputed(models))).toEqual([]);
  }
  // Everyone's and the org's own, for all time and on each of 15 days; and a variant.
  expect(erased).toBe(2 * (1 + 15) + 1);
  expect(await countOf('leaving')).toBeUndefined();
  for (const collection of [models.aggregates, models.retainedAggregates])
    expect(await collection.countDocuments({ orgId: 'leaving' })).toBe(0);
  expect([await countOf('staying'), await everyones()]).toEqual([10, 10]);
  expect(mismatches(await storedAndRecomputed(models))).toEqual([]);
});
