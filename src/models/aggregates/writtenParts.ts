import { pathOfPart } from './aggregateSchema.ts';
import { batchNumberOf, type Part } from './partDocuments.ts';
import { addToTotals, type Totals } from './readTotals.ts';

/** What a writer remembers of the parts of an aggregate that it has left. */
export interface WrittenParts {
  /** those that left them */
  batches: number[];
  /** when it cleared up after others */
  adoptedAt: number;
  /** What its parts add up to, where that is known. */
  sum?: CachedSum | undefined;
}

/** What parts add up to that are all of the same one or two aggregates: a sum that those share. */
export interface CachedSum {
  /** of the aggregate that is named first in the parts */
  path: string;
  aggregates: 1 | 2;
  /** until the first of them forgets it: of one alone it is of no use */
  isHeld: boolean;
  totals: Totals;
}

/** What a transaction does that is to be remembered where it commits. */
export interface CommittedMerge {
  batch: number;
  parts: readonly Part[];
  /** those whose parts it has put into one */
  merged: ReadonlySet<WrittenParts>;
  adopted: readonly WrittenParts[];
  /** Names that this writer had given parts: those that it took after reading them, and those that it left all the same. */
  deleted: readonly string[];
  keptUnpaired: readonly string[];
}

export interface WrittenPartsCache {
  get(path: string): WrittenParts | undefined;
  remember(done: CommittedMerge): void;
  forgetSums(): void;
  clear(): void;
}

/** Counters in all sums together, some 100 bytes each. */
const MAX_COUNTERS = 100_000;

/** `remembered`: aggregates, some 200 bytes each, and as many counters in sums as `mostCounters`. */
export function createWrittenPartsCache(remembered: number, maxCounters = MAX_COUNTERS): WrittenPartsCache {
  // Two generations: what has not gained while one was filled is forgotten with the other.
  let lately = new Map<string, WrittenParts>();
  let before = new Map<string, WrittenParts>();
  let counters = 0;

  const get = (path: string) => lately.get(path) ?? before.get(path);

  function forgetSum(left: WrittenParts): void {
    const { sum } = left;
    left.sum = undefined;
    if (!sum?.isHeld) return;
    counters -= sum.totals.delta.size;
    sum.isHeld = false;
    sum.totals.delta.clear();
  }

  /** Begins with the only part that there is of one or two aggregates. */
  function hold(lefts: WrittenParts[], { aggregate }: Part): void {
    const { key, delta, firstAt, lastAt } = aggregate;
    if (counters + delta.size > maxCounters) return;
    counters += delta.size;
    const sum: CachedSum = {
      path: key.path,
      aggregates: lefts.length as 1 | 2,
      isHeld: true,
      totals: { delta: new Map(delta), firstAt, lastAt },
    };
    for (const left of lefts) left.sum = sum;
  }

  function addToSum(lefts: WrittenParts[], { aggregate }: Part): void {
    const sum = lefts[0]?.sum;
    if (sum && sum.aggregates === lefts.length && lefts.every((left) => left.sum === sum)) {
      counters -= sum.totals.delta.size;
      addToTotals(sum.totals, aggregate);
      counters += sum.totals.delta.size;
      if (counters > maxCounters) for (const left of lefts) forgetSum(left);
    } else for (const left of lefts) forgetSum(left);
  }

  function rememberPart(part: Part, { batch, merged }: CommittedMerge): void {
    const { aggregate, pairedKey } = part;
    const lefts = (pairedKey ? [aggregate.key, pairedKey] : [aggregate.key]).map(({ path }) => {
      const left = get(path) ?? { batches: [], adoptedAt: 0 };
      left.batches.push(batch);
      lately.set(path, left);
      return left;
    });
    if (lefts.every((left) => merged.has(left) && left.batches.length === 1)) hold(lefts, part);
    else addToSum(lefts, part);
  }

  return {
    get,
    remember(done) {
      for (const left of done.merged) {
        left.batches.length = 0;
        forgetSum(left);
      }
      for (const left of done.adopted) left.adoptedAt = done.batch;
      for (const name of done.keptUnpaired) get(pathOfPart(name))?.batches.push(batchNumberOf(name));
      for (const name of done.deleted) {
        const left = get(pathOfPart(name));
        if (!left) continue;
        const at = left.batches.indexOf(batchNumberOf(name));
        if (at >= 0) left.batches.splice(at, 1);
        forgetSum(left);
      }
      for (const part of done.parts) rememberPart(part, done);
      if (lately.size < remembered / 2) return;
      for (const [path, left] of before) if (!lately.has(path)) forgetSum(left);
      before = lately;
      lately = new Map();
    },
    forgetSums() {
      for (const generation of [lately, before]) for (const left of generation.values()) forgetSum(left);
    },
    clear() {
      lately = new Map();
      before = new Map();
      counters = 0;
    },
  };
}
