import type { Weights } from '../../../src/analysis/sentiment/weights.ts';
import { hashOfWord } from '../../../src/analysis/text/hash.ts';
import { KNOWLEDGE, knowledgeOf, OPPOSITE, type Sources } from './extract.ts';
import type { Polarity } from './fitPolarity.ts';
import { negatedHash, stemHash } from './words.ts';

/** How many words and pairs are kept, and from how many of the most frequent words with a vector they are chosen. */
export interface Limits {
  words: number;
  pairs: number;
  candidates: number;
}

export const SHIPPED: Limits = { words: 17_000, pairs: 13_000, candidates: 150_000 };

/**
 * Folds all that is known of a word (itself, its stem, its vector, the word lists) into one weight for the word and one
 * for the word negated: everything is linear in the words. Keeps those that change the most texts by the most.
 */
export function foldWeights(
  { sparse, dense, bias, columns, counts }: Polarity,
  sources: Sources,
  { words: mostWords, pairs: mostPairs, candidates }: Limits,
): Weights {
  const weightOf = (hash: number) => {
    const column = columns.get(hash);
    return column === undefined ? 0 : sparse[column]!;
  };
  const knowledge = new Float64Array(KNOWLEDGE);
  const taken = new Set<number>();
  const words: { hash: number; plain: number; negated: number; polarity: number; worth: number }[] = [];
  const fold = (word: string | undefined, hash: number, rank: number) => {
    if (taken.has(hash)) return;
    taken.add(hash);
    let plain = weightOf(hash);
    const stem = word === undefined ? 0 : stemHash(word);
    if (stem !== 0) plain += weightOf(stem);
    let inverse = weightOf(negatedHash(hash));
    if (knowledgeOf(hash, sources, knowledge))
      for (let d = 0; d < KNOWLEDGE; d++) {
        plain += dense[d]! * knowledge[d]!;
        inverse += dense[KNOWLEDGE + d]! * knowledge[d]!;
      }
    const negated = OPPOSITE * plain + inverse;
    const polarity = sources.lexicon.polarity.get(hash) ?? 0;
    if (plain === 0 && negated === 0 && polarity === 0) return;
    const frequency = (counts.get(hash) ?? 0) + 40_000 / (rank + 10);
    const worth =
      (Math.abs(plain) + 0.1 * Math.abs(negated) + 0.5 * Math.abs(polarity)) * Math.sqrt(frequency);
    words.push({ hash, plain, negated, polarity, worth });
  };
  sources.vectors?.words.slice(0, candidates).forEach((word, rank) => {
    if (/^[\p{L}\p{N}]+$/u.test(word)) fold(word, hashOfWord(word), rank);
  });
  for (const [hash, word] of sources.seen) if (columns.has(hash)) fold(word, hash, candidates);
  for (const word of sources.lexicon.words) fold(word, hashOfWord(word), candidates);
  for (const hash of sources.lexicon.polarity.keys()) fold(undefined, hash, candidates);
  const isKnown = new Set(words.map(({ hash }) => hash));
  const others: { hash: number; weight: number; worth: number }[] = [];
  const derived = new Set<number>();
  for (const hash of isKnown) derived.add(negatedHash(hash));
  for (const word of sources.seen.values()) derived.add(stemHash(word));
  for (const hash of columns.keys()) {
    if (isKnown.has(hash) || derived.has(hash)) continue;
    const weight = weightOf(hash);
    others.push({ hash, weight, worth: Math.abs(weight) * Math.sqrt(counts.get(hash) ?? 0) });
  }
  const best = <T extends { hash: number; worth: number }>(all: T[], most: number) =>
    all
      .sort((a, b) => b.worth - a.worth || a.hash - b.hash)
      .slice(0, most)
      .sort((a, b) => (a.hash >>> 0) - (b.hash >>> 0));
  const keptWords = best(words, mostWords);
  const keptPairs = best(others, mostPairs);
  return {
    words: {
      hashes: Int32Array.from(keptWords, ({ hash }) => hash),
      plain: Float64Array.from(keptWords, ({ plain }) => plain),
      negated: Float64Array.from(keptWords, ({ negated }) => negated),
      polarity: Float64Array.from(keptWords, ({ polarity }) => polarity),
    },
    pairs: {
      hashes: Int32Array.from(keptPairs, ({ hash }) => hash),
      weight: Float64Array.from(keptPairs, ({ weight }) => weight),
    },
    evidence: Array.from(dense.subarray(2 * KNOWLEDGE)),
    bias,
    calibration: { slope: 1, conflict: 0, leaning: [] },
  };
}
