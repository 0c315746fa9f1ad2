/** FNV-1a, 32 bits, over UTF-16 units. */
export const HASH_SEED = 0x811c9dc5 | 0;
const PRIME = 0x01000193;
const { imul } = Math;

export function addUnit(hash: number, unit: number): number {
  return imul(hash ^ unit, PRIME);
}

/** The hash that the token reader gives a word: in lower case, apostrophes left out. */
export function hashOfWord(word: string): number {
  let hash = HASH_SEED;
  for (let at = 0; at < word.length; at++) {
    const unit = word.charCodeAt(at);
    if (unit !== 0x27) hash = addUnit(hash, unit);
  }
  return hash;
}

/** One hash of two that follow each other; their order matters. */
export function hashOfPair(first: number, second: number): number {
  const mixed = imul(first ^ (first >>> 15), 0x85ebca6b);
  return imul(mixed ^ (mixed >>> 13) ^ second, 0xc2b2ae35 | 0);
}
