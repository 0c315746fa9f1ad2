import { beforeEach, describe, expect, it } from '@jest/globals';
import { sumContributions } from '../../../src/aggregates/contribution.ts';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { mergeOldParts, type ScanPosition } from '../../../src/models/aggregates/mergeOldParts.ts';
import { createPartsWriter } from '../../../src/models/aggregates/partsWriter.ts';
import { readDays, readTotals, type Subject } from '../../../src/models/aggregates/readTotals.ts';
import { toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { testModels } from '../../support/models.ts';

const models = testModels();
beforeEach(async () => {
  await models.aggregates.deleteMany();
});

const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const DAY_MS = 86_400_000;

/** Feedback of one user each, by a writer that merges nothing. */
async function add(counts: Record<string, number>): Promise<void> {
  const parts = createPartsWriter(models, { maxParts: Number.POSITIVE_INFINITY });
  for (const [userId, count] of Object.entries(counts))
    for (let n = 0; n < count; n++) {
      const at = n * DAY_MS;
      const feedback = { id: `${userId}-${n}`, orgId: 'acme', userId, overallRating: 1 + (n % 5) };
      const document = toDocument({ ...feedback, acceptedAt: at, createdAt: at }, analyze(undefined));
      await parts.write((_, add) => add([...sumContributions([document]).values()]));
    }
}

const partsOf = (word: string) => models.aggregates.countDocuments({ _id: { $regex: `^${word} ` } });

async function walk(options: Parameters<typeof mergeOldParts>[2]): Promise<number> {
  let [position, merged]: [ScanPosition | undefined, number] = [undefined, 0];
  do {
    const step = await mergeOldParts(models, position, options);
    merged += step.merged;
    position = step.next;
  } while (position);
  return merged;
}

const SUBJECTS: Subject[] = [
  { level: 'all' },
  { level: 'org', id: 'acme' },
  { level: 'user', id: 'often' },
  { level: 'user', id: 'seldom', orgId: 'acme' },
];
const totals = async () => [
  await Promise.all(SUBJECTS.map((subject) => readTotals(models, subject))),
  await readDays(models, { level: 'org', id: 'acme' }, {}),
];

describe('merging what writers left for good', () => {
  // A page of names that is smaller than the parts of one aggregate, one that cuts through them, and one that holds all.
  it.each([7, 25, 5_000])('changes no total, by pages of %d names', async (names) => {
    await add({ often: 20, seldom: 3 });
    const before = await totals();
    const merged = await walk({ most: 4, oldMs: 0, names });
    expect(merged).toBeGreaterThan(0);
    expect(await totals()).toEqual(before);
    expect(await partsOf('user often')).toBeLessThan(8);
    expect(await partsOf('user seldom')).toBe(3);
    if (names === 5_000) expect(await partsOf('org acme')).toBe(1);
  });

  it('finds by its second name what is of a session of many users', async () => {
    const parts = createPartsWriter(models, { maxParts: Number.POSITIVE_INFINITY });
    for (let n = 0; n < 10; n++) {
      const feedback = {
        id: `kiosk-${n}`,
        userId: `passer-by-${n}`,
        sessionId: 'kiosk',
        acceptedAt: n,
        createdAt: n,
      };
      const document = toDocument(feedback, analyze(undefined));
      await parts.write((_, add) => add([...sumContributions([document]).values()]));
    }
    const session: Subject = { level: 'session', id: 'kiosk' };
    expect(await models.aggregates.countDocuments({ also: /^session kiosk / })).toBe(10);
    await walk({ most: 4, oldMs: 0 });
    expect([
      await models.aggregates.countDocuments({ also: /^session / }),
      await partsOf('session kiosk'),
    ]).toEqual([0, 1]);
    expect((await readTotals(models, session)).delta.get('n')).toBe(10);
  });

  it('leaves young parts to those who are at work with them', async () => {
    await add({ often: 20 });
    expect(await walk({ most: 4, oldMs: 60_000 })).toBe(0);
    expect(await partsOf('user often')).toBe(20);
  });

  it('loses and doubles nothing beside writers, and beside another walk', async () => {
    const adding = add({ often: 40 });
    let done = false;
    const walks = [1, 2].map(async () => {
      do await walk({ most: 2, oldMs: 0 });
      while (!done);
    });
    await adding;
    done = true;
    await Promise.all(walks);
    const { delta, firstAt, lastAt } = await readTotals(models, { level: 'user', id: 'often' });
    expect(delta.get('n')).toBe(40);
    expect([firstAt, lastAt]).toEqual([new Date(0), new Date(39 * DAY_MS)]);
  });
});
