import stemmer from 'natural/lib/natural/stemmers/porter_stemmer.js';
import { hashOfPair, hashOfWord } from '../../../src/analysis/text/hash.ts';

// Masks that keep hashes of stems and of negated words apart from those of words.
const STEM = 0x2545f491;
const NOT = 0x7f4a7c15;
const stemHashCache = new Map<string, number>();

/** The hash of a word's stem, shared by all its forms. The word is in lower case, without apostrophes. 0 if it has no stem. */
export function stemHash(word: string): number {
  let hash = stemHashCache.get(word);
  if (hash === undefined) {
    hash = /^[a-z]{3,}$/.test(word) ? hashOfPair(STEM, hashOfWord(stemmer.stem(word))) : 0;
    stemHashCache.set(word, hash);
  }
  return hash;
}

export function negatedHash(hash: number): number {
  return hashOfPair(NOT, hash);
}

export function plainWord(text: string): string {
  return text.toLowerCase().replace(/['’‘`´]/g, '');
}
