import { readIntent } from '../../../src/analysis/sentiment/intent.ts';
import { extractLexiconFeatures, FEATURE_COUNT } from '../../../src/analysis/sentiment/lexiconFeatures.ts';
import { applyNegationAndContrast } from '../../../src/analysis/sentiment/negation.ts';
import { lengthScale, pairAt } from '../../../src/analysis/sentiment/wordPairs.ts';
import { Tokens } from '../../../src/analysis/text/tokens.ts';
import { type Lexicon, LISTS } from './lexicon.ts';
import { DIMENSIONS, type Vectors } from './regression/vectors.ts';
import { negatedHash, plainWord, stemHash } from './words.ts';

/** Features of one word: its vector, then its scores in the word lists. */
export const WORD_FEATURES = DIMENSIONS + LISTS;
/** Dense features of one text: sums of all words' features, sums of the negated words' features, lexicon features. */
export const DENSE_SIZE = 2 * WORD_FEATURES + FEATURE_COUNT;
/** Factor on a negated word, which counts as its opposite too: one weight then serves for both. */
export const NEGATED_FACTOR = -0.85;

/** The features of one text: sparse (`hashes` with `values`) and dense. */
export interface Sample {
  hashes: Int32Array;
  values: Float64Array;
  dense: Float64Array;
}

export interface Sources {
  lexicon: Lexicon;
  vectors: Vectors | undefined;
  /** every word read so far, by hash */
  seen: Map<number, string>;
}

const tokens = new Tokens();
const polarity = new Float64Array(tokens.hash.length);
const lexiconFeatures = new Float64Array(FEATURE_COUNT);

/** Fills `out` with the features of a word. Returns false if it has none. */
export function wordFeaturesOf(hash: number, { lexicon, vectors }: Sources, out: Float64Array): boolean {
  out.fill(0);
  const scores = lexicon.listScores.get(hash);
  const row = vectors?.rowOf.get(hash);
  if (row !== undefined && vectors) for (let d = 0; d < DIMENSIONS; d++) out[d] = vectors.values[row * DIMENSIONS + d]!;
  if (scores) for (let list = 0; list < LISTS; list++) out[DIMENSIONS + list] = scores[list]!;
  return scores !== undefined || row !== undefined;
}

const wordFeatures = new Float64Array(WORD_FEATURES);

/** Extracts the features of a text, with the functions that read a text at run time. */
export function extractSample(text: string, sources: Sources): Sample {
  tokens.read(text);
  const { count, hash, negated, weight } = tokens;
  applyNegationAndContrast(tokens, 0, count);
  readIntent(tokens, 0, count);
  const hashes: number[] = [];
  const values: number[] = [];
  const dense = new Float64Array(DENSE_SIZE);
  const add = (column: number, value: number) => {
    hashes.push(column);
    values.push(value);
  };
  const scale = lengthScale(count);
  for (let index = 0; index < count; index++) {
    const own = hash[index]!;
    polarity[index] = sources.lexicon.polarity.get(own) ?? 0;
    const value = weight[index]! * scale;
    if (value === 0) continue;
    const signed = negated[index] ? NEGATED_FACTOR * value : value;
    add(own, signed);
    if (negated[index]) add(negatedHash(own), value);
    let word = sources.seen.get(own);
    if (word === undefined) {
      word = plainWord(text.slice(tokens.start[index], tokens.end[index]));
      sources.seen.set(own, word);
    }
    const stem = stemHash(word);
    if (stem !== 0) add(stem, signed);
    add(pairAt(tokens, index, 0), value);
    if (!wordFeaturesOf(own, sources, wordFeatures)) continue;
    for (let feature = 0; feature < WORD_FEATURES; feature++) {
      dense[feature]! += wordFeatures[feature]! * signed;
      if (negated[index]) dense[WORD_FEATURES + feature]! += wordFeatures[feature]! * value;
    }
  }
  extractLexiconFeatures(tokens, 0, count, polarity, lexiconFeatures);
  dense.set(lexiconFeatures, 2 * WORD_FEATURES);
  return { hashes: Int32Array.from(hashes), values: Float64Array.from(values), dense };
}
