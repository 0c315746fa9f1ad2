/** Numbers in a fingerprint. */
export const LANES = 3;
/** Counters whose weights are cached. */
const MAX_CACHED = 50_000;
const WEIGHT_BITS = 18;

/**
 * A fingerprint of a delta: `LANES` sums of its values, each value times a weight of its counter's path. It is linear: the
 * fingerprint of a sum is the sum of the fingerprints. Sums of numbers up to 2⁵³ ÷ 2¹⁸ are exact.
 */
export type Fingerprint = [number, number, number];

export interface Fingerprints {
  /** `counters` calls its argument with each counter, in any order; with those of one path several times, if it likes. */
  of(counters: (visit: (value: number, path: string) => void) => void): Fingerprint;
  /** A hash of 64 bits, as two unsigned numbers. The first is never 0. */
  hash(text: string): [high: number, low: number];
}

/**
 * Fingerprints whose weights follow from a random `seed` of 32 bits each. Two different deltas have the same fingerprint with a
 * probability of 2⁻⁵⁴: a random weight of each lane hits the one value of 2¹⁸ at which the difference vanishes.
 */
export function createFingerprints(seed: readonly [number, number]): Fingerprints {
  let weights = new Map<string, Fingerprint>();

  function hash(text: string): [number, number] {
    let [a, b] = [seed[0] ^ text.length, seed[1]];
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      a = Math.imul(a ^ code, 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ code, 0x5f356495);
      b ^= b >>> 13;
    }
    a = Math.imul(a ^ (b >>> 16), 0x85ebca6b);
    b = Math.imul(b ^ (a >>> 13), 0xc2b2ae35);
    return [(a ^ (b >>> 15)) >>> 0 || 1, (b ^ (a >>> 16)) >>> 0];
  }

  function weightsOf(path: string): Fingerprint {
    const known = weights.get(path);
    if (known) return known;
    if (weights.size >= MAX_CACHED) weights = new Map();
    const [high, low] = hash(path);
    const [more] = hash(`${path}\n`);
    const mask = (1 << WEIGHT_BITS) - 1;
    const made: Fingerprint = [1 + (high & mask), 1 + (low & mask), 1 + (more & mask)];
    weights.set(path, made);
    return made;
  }

  return {
    hash,
    of(counters) {
      let [a, b, c] = [0, 0, 0];
      counters((value, path) => {
        const weight = weightsOf(path);
        a += value * weight[0];
        b += value * weight[1];
        c += value * weight[2];
      });
      return [a, b, c];
    },
  };
}
