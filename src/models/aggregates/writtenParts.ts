import { pathOfPart } from './aggregateSchema.ts';
import { batchNumberOf, type Part } from './partDocuments.ts';
import { addToTotals, type Totals } from './readTotals.ts';

/** A writer's parts of one aggregate. */
export interface WrittenParts {
  /** numbers of the batches that wrote a part which is still stored */
  batches: number[];
  /** number of the last batch that adopted other writers' parts: a time in milliseconds, 0 if none did */
  adoptedAt: number;
  /** sum of the parts, if it is cached */
  sum?: CachedSum | undefined;
}

/** The sum of one aggregate's parts, or of the paired parts of two aggregates, which share it. */
export interface CachedSum {
  /** path of the first aggregate */
  path: string;
  aggregates: 1 | 2;
  /** false after one of the aggregates has forgotten it: the other cannot use it alone */
  isHeld: boolean;
  totals: Totals;
}

/** Parts that a transaction inserts and deletes, to be remembered after it has committed. */
export interface StagedParts {
  batch: number;
  parts: readonly Part[];
  /** aggregates whose parts were merged */
  merged: ReadonlySet<WrittenParts>;
  /** aggregates for which other writers' parts were adopted */
  adopted: readonly WrittenParts[];
  /** ids of this writer's parts that a merge read and deleted */
  deleted: readonly string[];
  /** ids of this writer's unpaired parts that a merge read but kept, because the other parts are paired */
  keptUnpaired: readonly string[];
}

/**
 * A parts writer's cache of the parts that it has written. For each aggregate it holds the batches that wrote a part.
 * After a first merge it also holds the sum of these parts, so that the next merge need not read them.
 *
 * A cached sum belongs to one aggregate, or to a pair whose parts are all paired. It starts with the single part that a
 * merge inserts, and grows with every part of the same one or two aggregates. It is forgotten if a new part belongs to
 * only one of the pair or to an additional aggregate, if its parts are merged, or if `maxCounters` is exceeded.
 *
 * Entries are kept in two generations. When the young one holds half of `remembered`, the old one is forgotten and the
 * young one becomes old. An entry that is written to moves to the young generation.
 *
 * Invariants: `batches` and `sum` describe committed transactions only. `counters` (below) counts the counters in all
 * held sums.
 */
export interface WrittenPartsCache {
  get(path: string): WrittenParts | undefined;
  remember(staged: StagedParts): void;
  forgetSums(): void;
  clear(): void;
}

/** Max counters in all cached sums together, some 100 bytes each. */
const MAX_COUNTERS = 100_000;

/** `remembered`: max aggregates, some 200 bytes each. `maxCounters`: max counters in all cached sums together. */
export function createWrittenPartsCache(remembered: number, maxCounters = MAX_COUNTERS): WrittenPartsCache {
  let young = new Map<string, WrittenParts>();
  let old = new Map<string, WrittenParts>();
  let counters = 0;

  const get = (path: string) => young.get(path) ?? old.get(path);

  function forgetSum(written: WrittenParts): void {
    const { sum } = written;
    written.sum = undefined;
    if (!sum?.isHeld) return;
    counters -= sum.totals.delta.size;
    sum.isHeld = false;
    sum.totals.delta.clear();
  }

  /** Starts a sum with the only part of one or two aggregates. */
  function holdSum(owners: WrittenParts[], { aggregate }: Part): void {
    const { key, delta, firstAt, lastAt } = aggregate;
    if (counters + delta.size > maxCounters) return;
    counters += delta.size;
    const sum: CachedSum = {
      path: key.path,
      aggregates: owners.length as 1 | 2,
      isHeld: true,
      totals: { delta: new Map(delta), firstAt, lastAt },
    };
    for (const written of owners) written.sum = sum;
  }

  function addToSum(owners: WrittenParts[], { aggregate }: Part): void {
    const sum = owners[0]?.sum;
    if (sum && sum.aggregates === owners.length && owners.every((written) => written.sum === sum)) {
      counters -= sum.totals.delta.size;
      addToTotals(sum.totals, aggregate);
      counters += sum.totals.delta.size;
      if (counters > maxCounters) for (const written of owners) forgetSum(written);
    } else for (const written of owners) forgetSum(written);
  }

  function rememberPart(part: Part, { batch, merged }: StagedParts): void {
    const { aggregate, pairedKey } = part;
    const owners = (pairedKey ? [aggregate.key, pairedKey] : [aggregate.key]).map(({ path }) => {
      const written = get(path) ?? { batches: [], adoptedAt: 0 };
      written.batches.push(batch);
      young.set(path, written);
      return written;
    });
    if (owners.every((written) => merged.has(written) && written.batches.length === 1)) holdSum(owners, part);
    else addToSum(owners, part);
  }

  return {
    get,
    remember(staged) {
      for (const written of staged.merged) {
        written.batches.length = 0;
        forgetSum(written);
      }
      for (const written of staged.adopted) written.adoptedAt = staged.batch;
      for (const id of staged.keptUnpaired) get(pathOfPart(id))?.batches.push(batchNumberOf(id));
      for (const id of staged.deleted) {
        const written = get(pathOfPart(id));
        if (!written) continue;
        const index = written.batches.indexOf(batchNumberOf(id));
        if (index >= 0) written.batches.splice(index, 1);
        forgetSum(written);
      }
      for (const part of staged.parts) rememberPart(part, staged);
      if (young.size < remembered / 2) return;
      for (const [path, written] of old) if (!young.has(path)) forgetSum(written);
      old = young;
      young = new Map();
    },
    forgetSums() {
      for (const generation of [young, old]) for (const written of generation.values()) forgetSum(written);
    },
    clear() {
      young = new Map();
      old = new Map();
      counters = 0;
    },
  };
}
