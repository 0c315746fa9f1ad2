import { type Fingerprint, LANES } from '../../aggregates/fingerprint.ts';

/** Max share of the slots of a table that are taken, so that searches stay short. */
const MAX_LOAD = 0.7;
const MIN_SLOTS = 1 << 12;

/** Columns of a slot: the fingerprint, stored minus recomputed; then first and last times, in milliseconds. */
const COLUMNS = LANES + 4;
const STORED = LANES;
const RECOMPUTED = LANES + 2;

/** An addition to an aggregate: a fingerprint, a number of feedback, and the span of their times. */
export interface Addition {
  fingerprint: Fingerprint;
  count: number;
  firstMs: number;
  lastMs: number;
}

/**
 * Compares the totals of many aggregates in little memory: a hash table in typed arrays with open addressing. An aggregate takes
 * 68 bytes, whatever its path and the number of its counters: a hash of the path, the difference of the fingerprints, and
 * the two spans of time.
 */
export interface TotalsTable {
  addStored(high: number, low: number, addition: Addition): void;
  addRecomputed(high: number, low: number, addition: Addition): void;
  /** number of aggregates with recomputed feedback */
  recomputed(): number;
  /** number of aggregates that differ */
  differing(): number;
  /** Whether an aggregate differs. True once for each: the next call of the same aggregate is false. */
  takeDiffering(high: number, low: number): boolean;
}

/** Power of two, so that a mask finds the slot of a hash. */
const slotsFor = (aggregates: number) =>
  Math.max(MIN_SLOTS, 2 ** Math.ceil(Math.log2(Math.max(1, aggregates) / MAX_LOAD)));

/** More aggregates than a table may hold. */
export class TableFull extends Error {}

/** `expected`: number of aggregates that it has room for at first, at most `maxAggregates`. */
export function createTotalsTable(maxAggregates: number, expected = 0): TotalsTable {
  const maxSlots = slotsFor(maxAggregates);
  let slots = slotsFor(Math.min(expected, maxAggregates));
  let used = 0;
  let { hashes, values, counts } = allocate(slots);

  function allocate(size: number) {
    const values = new Float64Array(size * COLUMNS);
    for (let slot = 0; slot < size; slot++)
      for (const span of [STORED, RECOMPUTED]) {
        values[slot * COLUMNS + span] = Number.POSITIVE_INFINITY;
        values[slot * COLUMNS + span + 1] = Number.NEGATIVE_INFINITY;
      }
    return { hashes: new Uint32Array(size * 2), values, counts: new Int32Array(size) };
  }

  /** The slot of a hash, or the free one for it. A free slot has a first number of 0. */
  function find(high: number, low: number): number {
    for (let slot = low & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const found = hashes[2 * slot]!;
      if (found === 0 || (found === high && hashes[2 * slot + 1] === low)) return slot;
    }
  }

  function grow(): void {
    if (slots * 2 > maxSlots) throw new TableFull();
    const before = { slots, hashes, values, counts };
    slots *= 2;
    ({ hashes, values, counts } = allocate(slots));
    for (let slot = 0; slot < before.slots; slot++) {
      const [high, low] = [before.hashes[2 * slot]!, before.hashes[2 * slot + 1]!];
      if (high === 0) continue;
      const target = find(high, low);
      hashes[2 * target] = high;
      hashes[2 * target + 1] = low;
      counts[target] = before.counts[slot]!;
      values.set(before.values.subarray(slot * COLUMNS, (slot + 1) * COLUMNS), target * COLUMNS);
    }
  }

  function slotOf(high: number, low: number): number {
    const slot = find(high, low);
    if (hashes[2 * slot] !== 0) return slot;
    if (used + 1 > slots * MAX_LOAD) {
      grow();
      return slotOf(high, low);
    }
    used++;
    hashes[2 * slot] = high;
    hashes[2 * slot + 1] = low;
    return slot;
  }

  function add(slot: number, { fingerprint, firstMs, lastMs }: Addition, factor: 1 | -1, span: number): void {
    const at = slot * COLUMNS;
    for (let lane = 0; lane < LANES; lane++) values[at + lane]! += factor * fingerprint[lane]!;
    if (firstMs < values[at + span]!) values[at + span] = firstMs;
    if (lastMs > values[at + span + 1]!) values[at + span + 1] = lastMs;
  }

  function isDiffering(slot: number): boolean {
    const at = slot * COLUMNS;
    for (let lane = 0; lane < LANES; lane++) if (values[at + lane] !== 0) return true;
    // An aggregate that counts nothing may have kept its times.
    if (counts[slot] === 0) return false;
    return values[at + STORED] !== values[at + RECOMPUTED] || values[at + STORED + 1] !== values[at + RECOMPUTED + 1];
  }

  const countSlots = (matches: (slot: number) => boolean) => {
    let count = 0;
    for (let slot = 0; slot < slots; slot++) if (matches(slot)) count++;
    return count;
  };

  return {
    addStored: (high, low, addition) => add(slotOf(high, low), addition, 1, STORED),
    addRecomputed(high, low, addition) {
      const slot = slotOf(high, low);
      counts[slot]! += addition.count;
      add(slot, addition, -1, RECOMPUTED);
    },
    recomputed: () => countSlots((slot) => counts[slot] !== 0),
    differing: () => countSlots(isDiffering),
    takeDiffering(high, low) {
      const slot = find(high, low);
      if (!isDiffering(slot)) return false;
      values.fill(0, slot * COLUMNS, (slot + 1) * COLUMNS);
      return true;
    },
  };
}
