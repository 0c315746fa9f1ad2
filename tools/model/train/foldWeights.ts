import type { Weights } from '../../../src/analysis/sentiment/weights.ts';
import { hashOfWord } from '../../../src/analysis/text/hash.ts';
import { NEGATED_FACTOR, type Sources, WORD_FEATURES, wordFeaturesOf } from './extract.ts';
import type { PolarityModel } from './fitPolarity.ts';
import { negatedHash, stemHash } from './words.ts';

/** Max words and pairs that are kept, and the number of most frequent words with a vector to choose from. */
export interface Limits {
  words: number;
  pairs: number;
  candidates: number;
}

export const SHIPPED_LIMITS: Limits = { words: 17_000, pairs: 13_000, candidates: 150_000 };

interface Candidate {
  hash: number;
  /** estimated effect on the scores of all texts */
  effect: number;
}

interface WordCandidate extends Candidate {
  plain: number;
  negated: number;
  polarity: number;
}

interface PairCandidate extends Candidate {
  weight: number;
}

/**
 * Folds a fitted model into one weight for each word and one for the word negated: the model is linear in a word, its
 * stem, its vector and its list scores. Keeps the words and pairs with the largest effect.
 */
export function foldWeights(model: PolarityModel, sources: Sources, limits: Limits): Weights {
  const candidates = wordCandidates(model, sources, limits.candidates);
  const words = strongest(candidates, limits.words);
  const pairs = strongest(pairCandidates(model, sources, candidates), limits.pairs);
  return {
    words: {
      hashes: Int32Array.from(words, ({ hash }) => hash),
      plain: Float64Array.from(words, ({ plain }) => plain),
      negated: Float64Array.from(words, ({ negated }) => negated),
      polarity: Float64Array.from(words, ({ polarity }) => polarity),
    },
    pairs: {
      hashes: Int32Array.from(pairs, ({ hash }) => hash),
      weight: Float64Array.from(pairs, ({ weight }) => weight),
    },
    features: Array.from(model.dense.subarray(2 * WORD_FEATURES)),
    bias: model.bias,
    calibration: { slope: 1, conflict: 0, polar: [] },
  };
}

function wordCandidates(model: PolarityModel, sources: Sources, frequentWords: number): WordCandidate[] {
  const { dense, columns, counts } = model;
  const features = new Float64Array(WORD_FEATURES);
  const folded = new Set<number>();
  const words: WordCandidate[] = [];
  const fold = (word: string | undefined, hash: number, rank: number) => {
    if (folded.has(hash)) return;
    folded.add(hash);
    let plain = weightOf(model, hash);
    const stem = word === undefined ? 0 : stemHash(word);
    if (stem !== 0) plain += weightOf(model, stem);
    let extra = weightOf(model, negatedHash(hash));
    if (wordFeaturesOf(hash, sources, features))
      for (let feature = 0; feature < WORD_FEATURES; feature++) {
        plain += dense[feature]! * features[feature]!;
        extra += dense[WORD_FEATURES + feature]! * features[feature]!;
      }
    const negated = NEGATED_FACTOR * plain + extra;
    const polarity = sources.lexicon.polarity.get(hash) ?? 0;
    if (plain === 0 && negated === 0 && polarity === 0) return;
    const frequency = (counts.get(hash) ?? 0) + 40_000 / (rank + 10);
    const effect = (Math.abs(plain) + 0.1 * Math.abs(negated) + 0.5 * Math.abs(polarity)) * Math.sqrt(frequency);
    words.push({ hash, plain, negated, polarity, effect });
  };
  sources.vectors?.words.slice(0, frequentWords).forEach((word, rank) => {
    if (/^[\p{L}\p{N}]+$/u.test(word)) fold(word, hashOfWord(word), rank);
  });
  for (const [hash, word] of sources.seen) if (columns.has(hash)) fold(word, hash, frequentWords);
  for (const word of sources.lexicon.words) fold(word, hashOfWord(word), frequentWords);
  for (const hash of sources.lexicon.polarity.keys()) fold(undefined, hash, frequentWords);
  return words;
}

/** All hashes that are neither a word nor derived from one (stem, negated word). */
function pairCandidates(model: PolarityModel, sources: Sources, words: WordCandidate[]): PairCandidate[] {
  const excluded = new Set<number>();
  for (const { hash } of words) excluded.add(hash).add(negatedHash(hash));
  for (const word of sources.seen.values()) excluded.add(stemHash(word));
  const pairs: PairCandidate[] = [];
  for (const hash of model.columns.keys()) {
    if (excluded.has(hash)) continue;
    const weight = weightOf(model, hash);
    pairs.push({ hash, weight, effect: Math.abs(weight) * Math.sqrt(model.counts.get(hash) ?? 0) });
  }
  return pairs;
}

function weightOf({ columns, sparse }: PolarityModel, hash: number): number {
  const column = columns.get(hash);
  return column === undefined ? 0 : sparse[column]!;
}

/** The candidates with the largest effect, in ascending order of unsigned hashes. */
function strongest<T extends Candidate>(candidates: T[], max: number): T[] {
  return candidates
    .toSorted((a, b) => b.effect - a.effect || a.hash - b.hash)
    .slice(0, max)
    .sort((a, b) => (a.hash >>> 0) - (b.hash >>> 0));
}
