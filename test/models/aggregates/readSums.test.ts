import { beforeEach, describe, expect, it } from '@jest/globals';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { mergeOldParts, type ScanPosition } from '../../../src/models/aggregates/mergeOldParts.ts';
import { createPartsWriter } from '../../../src/models/aggregates/partsWriter.ts';
import { readDays, readTotals, type Subject } from '../../../src/models/aggregates/readTotals.ts';
import { toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { removeFeedback } from '../../../src/models/retention/removeFeedback.ts';
import { storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { testModels } from '../../support/stores/models.ts';

const models = testModels();
beforeEach(async () => {
  await models.feedback.deleteMany();
  await models.aggregates.deleteMany();
});

const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const DAY_MS = 86_400_000;
const DAYS = 40;
const acme: Subject = { level: 'org', id: 'acme' };
let next = 0;

/** A feedback on each of the days, all with the same answers. */
function onEachDay() {
  const n = next++;
  return Array.from({ length: DAYS }, (_, day) => {
    const feedback = { id: `${n}-${day}`, orgId: 'acme', overallRating: 1 + (n % 5), improvements: 'Slow pages' };
    return toDocument({ ...feedback, acceptedAt: n, createdAt: day * DAY_MS + n }, analyze('Slow pages'));
  });
}

const lines = (delta: Map<string, number>) => [...delta].sort(([a], [b]) => (a < b ? -1 : 1)).join('\n');

describe('the days of an org', () => {
  it('are of one instant at every moment, while writers, compaction and removals are at work', async () => {
    let done = false;
    const ended = Date.now() + 4_000;
    const whileTime = async (work: () => Promise<unknown>) => {
      while (Date.now() < ended) await work();
    };
    const stored: string[][] = [];
    const writer = (maxParts: number) => {
      const batches = createBatchWriter(models, { maxParts });
      return async () => {
        const documents = onEachDay();
        await batches.store(documents);
        stored.push(documents.map(({ _id }) => _id));
      };
    };
    const parts = createPartsWriter(models);
    let position: ScanPosition | undefined;
    const working = Promise.all([
      // The parts of one are left to compaction.
      whileTime(writer(Number.POSITIVE_INFINITY)),
      whileTime(writer(2)),
      whileTime(async () => {
        position = (await mergeOldParts(models, position, { scan: 'shared', minParts: 2, oldMs: 0, pageSize: 70 }))
          .next;
      }),
      whileTime(async () => {
        const ids = stored.length > 5 ? stored.shift() : undefined;
        if (ids) await removeFeedback(models, parts, ids);
        else await new Promise((resolve) => setTimeout(resolve, 5));
      }),
    ]).finally(() => {
      done = true;
    });
    let reads = 0;
    const seen = new Set<number>();
    while (!done) {
      for (const subject of [acme, { level: 'all' } as const]) {
        const days = [...(await readDays(models, subject, {})).values()];
        expect([0, DAYS]).toContain(days.length);
        // Each transaction adds the same to every day, or takes the same from it.
        expect(new Set(days.map(({ delta }) => lines(delta))).size).toBeLessThanOrEqual(1);
        expect(new Set(days.map(({ lastAt }, day) => lastAt!.getTime() - day * DAY_MS)).size).toBeLessThanOrEqual(1);
        seen.add(days[0]?.delta.get('n') ?? 0);
      }
      reads++;
    }
    await working;
    expect(reads).toBeGreaterThan(3);
    expect(seen.size).toBeGreaterThan(2);

    // At rest they equal a recomputation, read with a warm cache.
    const { recomputed } = await storedAndRecomputed(models);
    const days = await readDays(models, acme, {});
    const expected = recomputed.filter(({ path }) => path.startsWith('org-day acme '));
    expect([...days].map(([day, { delta }]) => [day, lines(delta)])).toEqual(
      expected.map(({ path, delta }) => [path.slice(-10), lines(new Map(delta))]),
    );
    const total = await readTotals(models, acme, { from: '1970-01-01' });
    expect(total.delta).toEqual((await readTotals(models, acme)).delta);
  }, 60_000);

  it('do not read the counters of parts again that were read before, but see new ones', async () => {
    const batches = createBatchWriter(models);
    for (let n = 0; n < 3; n++) await batches.store(onEachDay());
    const first = await readDays(models, acme, {});
    const again = await readDays(models, acme, {});
    expect([...again.values()].every(({ delta }, index) => delta === [...first.values()][index]!.delta)).toBe(true);
    await batches.store(onEachDay().slice(0, 1));
    const counts = [...(await readDays(models, acme, {})).values()].map(({ delta }) => delta.get('n'));
    expect(counts).toEqual([4, ...Array.from({ length: DAYS - 1 }, () => 3)]);
  });
});
