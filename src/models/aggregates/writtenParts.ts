import { pathOfPart } from './aggregateSchema.ts';
import { batchOfPart, type Part } from './partDocuments.ts';
import { addTo, type Totals } from './readTotals.ts';

/** What a writer remembers of the parts of an aggregate that it has left. */
export interface Left {
  /** those that left them */
  batches: number[];
  /** when it cleared up after others */
  clearedAt: number;
  /** What its parts add up to, where that is known. */
  sum?: Sum | undefined;
}

/** What parts add up to that are all of the same one or two aggregates: a sum that those share. */
export interface Sum {
  /** of the aggregate that is named first in the parts */
  path: string;
  aggregates: 1 | 2;
  /** until the first of them forgets it: of one alone it is of no use */
  isHeld: boolean;
  totals: Totals;
}

/** What a transaction does that is to be remembered where it commits. */
export interface Done {
  batch: number;
  parts: readonly Part[];
  /** those whose parts it has put into one */
  merged: ReadonlySet<Left>;
  cleared: readonly Left[];
  /** Names that this writer had given parts: those that it took after reading them, and those that it left all the same. */
  taken: readonly string[];
  spared: readonly string[];
}

export interface LeftParts {
  of(path: string): Left | undefined;
  remember(done: Done): void;
  forgetSums(): void;
  forget(): void;
}

/** Counters in all sums together, some 100 bytes each. */
const MOST_COUNTERS = 100_000;

/** `remembered`: aggregates, some 200 bytes each, and as many counters in sums as `mostCounters`. */
export function createLeftParts(remembered: number, mostCounters = MOST_COUNTERS): LeftParts {
  // Two generations: what has not gained while one was filled is forgotten with the other.
  let lately = new Map<string, Left>();
  let before = new Map<string, Left>();
  let counters = 0;

  const of = (path: string) => lately.get(path) ?? before.get(path);

  function forgetSum(left: Left): void {
    const { sum } = left;
    left.sum = undefined;
    if (!sum?.isHeld) return;
    counters -= sum.totals.delta.size;
    sum.isHeld = false;
    sum.totals.delta.clear();
  }

  /** Begins with the only part that there is of one or two aggregates. */
  function hold(lefts: Left[], { gain }: Part): void {
    const { key, delta, firstAt, lastAt } = gain;
    if (counters + delta.size > mostCounters) return;
    counters += delta.size;
    const sum: Sum = {
      path: key.path,
      aggregates: lefts.length as 1 | 2,
      isHeld: true,
      totals: { delta: new Map(delta), firstAt, lastAt },
    };
    for (const left of lefts) left.sum = sum;
  }

  function addToSum(lefts: Left[], { gain }: Part): void {
    const sum = lefts[0]?.sum;
    if (sum && sum.aggregates === lefts.length && lefts.every((left) => left.sum === sum)) {
      counters -= sum.totals.delta.size;
      addTo(sum.totals, gain);
      counters += sum.totals.delta.size;
      if (counters > mostCounters) for (const left of lefts) forgetSum(left);
    } else for (const left of lefts) forgetSum(left);
  }

  function rememberPart(part: Part, { batch, merged }: Done): void {
    const { gain, second } = part;
    const lefts = (second ? [gain.key, second] : [gain.key]).map(({ path }) => {
      const left = of(path) ?? { batches: [], clearedAt: 0 };
      left.batches.push(batch);
      lately.set(path, left);
      return left;
    });
    if (lefts.every((left) => merged.has(left) && left.batches.length === 1)) hold(lefts, part);
    else addToSum(lefts, part);
  }

  return {
    of,
    remember(done) {
      for (const left of done.merged) {
        left.batches.length = 0;
        forgetSum(left);
      }
      for (const left of done.cleared) left.clearedAt = done.batch;
      for (const name of done.spared) of(pathOfPart(name))?.batches.push(batchOfPart(name));
      for (const name of done.taken) {
        const left = of(pathOfPart(name));
        if (!left) continue;
        const at = left.batches.indexOf(batchOfPart(name));
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
    forget() {
      lately = new Map();
      before = new Map();
      counters = 0;
    },
  };
}
