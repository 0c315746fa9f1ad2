/** FNV-1a, 32 bits, over UTF-16 units. */
export const HASH_SEED = 0x811c9dc5 | 0;
const PRIME = 0x01000193;
const { imul } = Math;

export function addUnit(hash: number, unit: number): number {
  return imul(hash ^ unit, PRIME);
}

/** The hash of a word as `Tokens` computes it. The word is in lower case; apostrophes are skipped. */
export function hashOfWord(word: string): number {
  let hash = HASH_SEED;
  for (let index = 0; index < word.length; index++) {
    const unit = word.charCodeAt(index);
    if (unit !== 0x27) hash = addUnit(hash, unit);
  }
  return hash;
}

/** Combines two hashes in order. The multipliers are those of MurmurHash3's finalizer. */
export function hashOfPair(first: number, second: number): number {
  const mixed = imul(first ^ (first >>> 15), 0x85ebca6b);
  return imul(mixed ^ (mixed >>> 13) ^ second, 0xc2b2ae35 | 0);
}
