/**
 * Seeded random numbers: the same seed gives the same sequence on every machine.
 * `fork(label)` starts an independent sequence, so that a change in one part of the demo leaves the others as they are.
 */
export interface Random {
  /** The next number in [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** One of `items`, each as likely as its weight (≥ 0, not all zero) says. */
  weighted<T>(items: readonly T[], weightOf: (item: T) => number): T;
  normal(mean: number, standardDeviation: number): number;
  fork(label: string): Random;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** Random numbers from `seed` (any finite number), by mulberry32. */
export function createRandom(seed: number | string): Random {
  const key = String(seed);
  let state = hash(key);

  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };

  const random: Random = {
    next,
    int: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (p) => next() < p,
    pick(items) {
      if (items.length === 0) throw new RangeError('Nothing to pick from');
      return items[Math.floor(next() * items.length)]!;
    },
    weighted(items, weightOf) {
      const weights = items.map(weightOf);
      let rest = next() * weights.reduce((sum, weight) => sum + weight, 0);
      for (let i = 0; i < items.length; i++) {
        rest -= weights[i]!;
        if (rest < 0) return items[i]!;
      }
      return items[weights.findLastIndex((weight) => weight > 0)]!;
    },
    // Box-Muller; 1 - next() keeps the logarithm finite.
    normal: (mean, standardDeviation) =>
      mean + standardDeviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    fork: (label) => createRandom(`${key}/${label}`),
  };
  return random;
}

/** Draws one of `items` by weight, for many draws from the same long list. */
export function createSampler<T>(items: readonly T[], weightOf: (item: T) => number): (random: Random) => T {
  if (items.length === 0) throw new RangeError('Nothing to draw from');
  let total = 0;
  const ends = items.map((item) => {
    total += weightOf(item);
    return total;
  });
  return (random) => {
    const at = random.next() * total;
    let low = 0;
    let high = ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return items[low]!;
  };
}
