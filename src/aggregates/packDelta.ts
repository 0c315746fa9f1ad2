import { memoize } from '../analysis/memoize.ts';
import { type Delta, increment } from './delta.ts';

/**
 * A delta as stored. One string takes a third of the size and of the write time of a document with a field for each
 * counter.
 */
export interface PackedDelta {
  /** number of feedback */
  n: number;
  /** every counter but `n`: a line feed, its path, a space, its value */
  d: string;
}

export function packDelta(delta: Delta): PackedDelta {
  const lines: string[] = [];
  delta.forEach((value, path) => {
    if (path !== 'n') lines.push(value === 1 ? lineOfOne(path) : `\n${path} ${value}`);
  });
  return { n: delta.get('n') ?? 0, d: lines.join('') };
}

export function unpackDelta(packed: Pick<PackedDelta, 'n' | 'd'>): Delta {
  return addPacked(new Map(), packed);
}

/** Adds a packed delta to a delta, in place, and returns it. */
export function addPacked(delta: Delta, { n, d }: Pick<PackedDelta, 'n' | 'd'>): Delta {
  increment(delta, 'n', n);
  for (let from = 1; from < d.length; ) {
    const next = d.indexOf('\n', from);
    const end = next < 0 ? d.length : next;
    const space = d.lastIndexOf(' ', end);
    increment(delta, d.slice(from, space), Number(d.slice(space + 1, end)));
    from = end + 1;
  }
  return delta;
}

/** Max cached lines of value 1. Most counters of a new feedback are 1, and building their lines was an eighth of all garbage. */
const MAX_CACHED_LINES = 20_000;
const lineOfOne = memoize(MAX_CACHED_LINES, (path: string) => `\n${path} 1`);
