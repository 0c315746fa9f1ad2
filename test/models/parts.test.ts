import { beforeEach, describe, expect, it } from '@jest/globals';
import { sumContributions } from '../../src/aggregates/contribution.ts';
import { createAnalyzer } from '../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../src/analysis/defaultTaxonomy.ts';
import { toDocument } from '../../src/models/feedback.ts';
import { createParts, type Parts } from '../../src/models/parts.ts';
import { readTotals } from '../../src/models/readTotals.ts';
import { testModels } from '../support/models.ts';

const models = testModels();
beforeEach(async () => {
  await models.aggregates.deleteMany();
});

const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
let next = 0;

async function addOne(parts: Parts, overallRating = 5, userId = 'u'): Promise<void> {
  const feedback = {
    id: `${next++}`,
    orgId: 'acme',
    userId,
    overallRating,
    acceptedAt: next,
    createdAt: next,
  };
  const gains = [...sumContributions([toDocument(feedback, analyze(undefined))]).values()];
  await parts.write((_, add) => add(gains));
}

const partsOfAcme = () => models.aggregates.countDocuments({ _id: /^org acme / });
const countOfAcme = async () => (await readTotals(models, { level: 'org', id: 'acme' })).delta.get('n');

describe('the parts of an aggregate', () => {
  it('stay few, however many batches a writer adds', async () => {
    const parts = createParts(models, { most: 4 });
    const seen: number[] = [];
    for (let n = 1; n <= 20; n++) {
      await addOne(parts);
      seen.push(await partsOfAcme());
      expect(await countOfAcme()).toBe(n);
    }
    expect(Math.max(...seen)).toBe(4);
  });

  it('stay few where many others gain in between, which are forgotten first', async () => {
    const parts = createParts(models, { most: 4, remembered: 6 });
    for (let n = 1; n <= 30; n++) {
      await addOne(parts, 5, `u-${n}`);
      expect(await partsOfAcme()).toBeLessThanOrEqual(4);
    }
    expect(await countOfAcme()).toBe(30);
  });

  it('of writers that are gone are merged by one that stays', async () => {
    for (let n = 0; n < 10; n++) await addOne(createParts(models));
    expect(await partsOfAcme()).toBe(10);
    // While they may still be at work, they are left alone.
    for (const [oldMs, left] of [
      [60_000, 11],
      [0, 1],
    ] as const) {
      const stays = createParts(models, { most: 2, oldMs });
      for (let n = 0; n < 3; n++) await addOne(stays);
      expect(await partsOfAcme()).toBe(left);
    }
    expect(await countOfAcme()).toBe(16);
  });

  it('are counted once, where somebody else has merged them meanwhile', async () => {
    const [one, other] = [createParts(models, { most: 2 }), createParts(models, { most: 3 })];
    for (let n = 0; n < 30; n++) {
      await addOne(one);
      await addOne(other);
      expect(await countOfAcme()).toBe(2 * (n + 1));
    }
  });

  it('of a batch that was given up are neither counted nor remembered', async () => {
    const parts = createParts(models, { most: 2 });
    await addOne(parts);
    const feedback = { id: 'x', orgId: 'acme', acceptedAt: 1, createdAt: 1 };
    const gains = [...sumContributions([toDocument(feedback, analyze(undefined))]).values()];
    const givenUp = parts.write(async (_, add) => {
      await add(gains);
      throw new Error('given up');
    });
    await expect(givenUp).rejects.toThrow('given up');
    expect(await countOfAcme()).toBe(1);
    for (let n = 0; n < 5; n++) await addOne(parts);
    expect(await countOfAcme()).toBe(6);
  });
});
