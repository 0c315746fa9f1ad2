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

/** Adds a packed delta to a delta, in place, and returns it. `nameOf` replaces each counter's path by an equal text. */
export function addPacked(
  delta: Delta,
  packed: Pick<PackedDelta, 'n' | 'd'>,
  nameOf?: (path: string) => string,
): Delta {
  forEachCounter(packed, (value, path) => increment(delta, nameOf ? nameOf(path) : path, value));
  return delta;
}

/** Calls `visit` with each counter of a packed delta; with that of `n` even if it is 0. */
export function forEachCounter(
  { n, d }: Pick<PackedDelta, 'n' | 'd'>,
  visit: (value: number, path: string) => void,
): void {
  visit(n, 'n');
  for (let from = 1; from < d.length; ) {
    const next = d.indexOf('\n', from);
    const end = next < 0 ? d.length : next;
    // Reads the value from its last digit back to the space, which makes no text of it.
    let [value, scale, space] = [0, 1, end - 1];
    for (let code = d.charCodeAt(space); code !== SPACE; code = d.charCodeAt(--space)) {
      if (code === MINUS) value = -value;
      else {
        value += (code - ZERO) * scale;
        scale *= 10;
      }
    }
    visit(value, d.slice(from, space));
    from = end + 1;
  }
}

const [SPACE, MINUS, ZERO] = [32, 45, 48] as const;

/** Max cached lines of value 1. Most counters of a new feedback are 1, and building their lines was an eighth of all garbage. */
const MAX_CACHED_LINES = 20_000;
const lineOfOne = memoize(MAX_CACHED_LINES, (path: string) => `\n${path} 1`);
