import { beforeEach, describe, expect, it } from '@jest/globals';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { mergeOldParts, type ScanPosition } from '../../../src/models/aggregates/mergeOldParts.ts';
import { createPartsWriter } from '../../../src/models/aggregates/partsWriter.ts';
import { readDays, readTotals, type Subject } from '../../../src/models/aggregates/readTotals.ts';
import { toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { addParts } from '../../support/stores/addParts.ts';
import { testModels } from '../../support/stores/models.ts';

const models = testModels();
beforeEach(async () => {
  await models.aggregates.deleteMany();
});

const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const DAY_MS = 86_400_000;

/** Adds so much feedback for each user id, by a writer that merges nothing. */
async function add(counts: Record<string, number>): Promise<void> {
  const parts = createPartsWriter(models, { maxParts: Number.POSITIVE_INFINITY });
  for (const [userId, count] of Object.entries(counts))
    for (let n = 0; n < count; n++) {
      const at = n * DAY_MS;
      const feedback = { id: `${userId}-${n}`, orgId: 'acme', userId, overallRating: 1 + (n % 5) };
      const document = toDocument({ ...feedback, acceptedAt: at, createdAt: at }, analyze(undefined));
      await addParts(models, parts, [document]);
    }
}

const partsOf = (word: string) => models.aggregates.countDocuments({ _id: { $regex: `^${word} ` } });

async function scan(options: Parameters<typeof mergeOldParts>[2]): Promise<number> {
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

describe('compaction', () => {
  // A page that is smaller than the parts of one aggregate, one that cuts through them, and one that holds all parts.
  it.each([7, 25, 5_000])('changes no total, in pages of %d ids', async (pageSize) => {
    await add({ often: 20, seldom: 3 });
    const before = await totals();
    const merged = await scan({ minParts: 4, oldMs: 0, pageSize });
    expect(merged).toBeGreaterThan(0);
    expect(await totals()).toEqual(before);
    expect(await partsOf('user often')).toBeLessThan(8);
    expect(await partsOf('user seldom')).toBe(1);
    if (pageSize === 5_000) expect(await partsOf('org acme')).toBe(1);
  });

  it('merges the parts of a session with many users, found by their second ids', async () => {
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
      await addParts(models, parts, [document]);
    }
    const session: Subject = { level: 'session', id: 'kiosk' };
    expect(await models.aggregates.countDocuments({ also: /^session kiosk / })).toBe(10);
    await scan({ minParts: 4, oldMs: 0 });
    expect([await models.aggregates.countDocuments({ also: /^session / }), await partsOf('session kiosk')]).toEqual([
      0, 1,
    ]);
    expect((await readTotals(models, session)).delta.get('n')).toBe(10);
  });

  it('leaves one part of each day and few of an org, if only the shared aggregates are scanned', async () => {
    await add({ often: 20, seldom: 3 });
    const before = await totals();
    for (let round = 0; round < 2; round++) await scan({ scan: 'shared', oldMs: 0 });
    expect(await totals()).toEqual(before);
    const ofDays = { $or: [{ _id: /^(org|all)-day / }, { also: /^(org|all)-day / }] };
    expect(await models.aggregates.countDocuments(ofDays)).toBe(40);
    expect(await partsOf('org acme')).toBeLessThan(4);
    expect(await partsOf('user often')).toBe(20);
  });

  it('leaves the pairs of a user with several sessions alone, and merges those with one', async () => {
    const parts = createPartsWriter(models, { maxParts: Number.POSITIVE_INFINITY });
    for (let n = 0; n < 12; n++) {
      const [userId, sessionId] = n < 6 ? ['busy', `s-${n}`] : ['steady', 's'];
      const feedback = { id: `p-${n}`, userId, sessionId, acceptedAt: n, createdAt: n };
      await addParts(models, parts, [toDocument(feedback, analyze(undefined))]);
    }
    await scan({ oldMs: 0 });
    expect(await Promise.all(['user busy', 'user steady'].map(partsOf))).toEqual([6, 1]);
    expect(await models.aggregates.countDocuments({ also: /^session s / })).toBe(1);
  });

  it('leaves young parts to their writers', async () => {
    await add({ often: 20 });
    expect(await scan({ minParts: 4, oldMs: 60_000 })).toBe(0);
    expect(await partsOf('user often')).toBe(20);
  });

  it('loses and doubles nothing while writers and another scan run', async () => {
    const adding = add({ often: 40 });
    let done = false;
    const scans = [1, 2].map(async () => {
      do await scan({ minParts: 2, oldMs: 0 });
      while (!done);
    });
    await adding;
    done = true;
    await Promise.all(scans);
    const { delta, firstAt, lastAt } = await readTotals(models, { level: 'user', id: 'often' });
    expect(delta.get('n')).toBe(40);
    expect([firstAt, lastAt]).toEqual([new Date(0), new Date(39 * DAY_MS)]);
  });
});
