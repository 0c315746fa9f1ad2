import { HashTable } from '../text/hashTable.ts';
import { MAX_TEXT, type Tokens } from '../text/tokens.ts';
import { NEGATOR } from '../text/wordClasses.ts';
import { extractLexiconFeatures, FEATURE_COUNT } from './lexiconFeatures.ts';
import type { Weights } from './weights.ts';
import { lengthScale, pairAt } from './wordPairs.ts';

/** The score of a range of tokens before calibration. One object is reused for all ranges. */
export interface ModelScore {
  /** log odds of 'positive' against 'negative' */
  logit: number;
  /** the largest weight of a word that is no negator, without its sign, in units of the logit */
  strongestWord: number;
  tokenCount: number;
  /** lexicon features, by `FEATURE` */
  readonly features: Float64Array;
}

/**
 * Creates the linear model: words, pairs of words (bigrams) and lexicon features, in one pass over tokens that have their
 * negation and intent.
 */
export function createLinearModel(weights: Weights) {
  const words = new HashTable(weights.words.hashes);
  const pairs = new HashTable(weights.pairs.hashes);
  const { plain, negated, polarity } = weights.words;
  const pairWeight = weights.pairs.weight;
  const featureWeight = Float64Array.from(weights.features);
  const rows = new Int32Array(MAX_TEXT + 1);
  const polarities = new Float64Array(MAX_TEXT + 1);

  /** Looks up all words of a text. Call it once before `score`. Returns the number of known words. */
  const lookUp = (tokens: Tokens): number => {
    let known = 0;
    for (let index = 0; index < tokens.count; index++) {
      const row = words.rowOf(tokens.hash[index]!);
      rows[index] = row;
      polarities[index] = row < 0 ? 0 : polarity[row]!;
      if (row >= 0) known++;
    }
    return known;
  };

  /** Scores tokens from…to−1 into `out`. */
  const score = (tokens: Tokens, from: number, to: number, out: ModelScore): void => {
    let sum = 0;
    let strongest = 0;
    for (let index = from; index < to; index++) {
      const weight = tokens.weight[index]!;
      const row = rows[index]!;
      let value = 0;
      if (row >= 0) value = tokens.negated[index] ? negated[row]! : plain[row]!;
      const pair = pairs.rowOf(pairAt(tokens, index, from));
      if (pair >= 0) value += pairWeight[pair]!;
      value *= weight;
      sum += value;
      // A negator counts towards the sum, but alone it carries no opinion.
      if (tokens.classes[index]! & NEGATOR) continue;
      if (value > strongest) strongest = value;
      else if (-value > strongest) strongest = -value;
    }
    extractLexiconFeatures(tokens, from, to, polarities, out.features);
    let logit = weights.bias + sum * lengthScale(to - from);
    for (let index = 0; index < FEATURE_COUNT; index++) logit += featureWeight[index]! * out.features[index]!;
    out.logit = logit;
    out.strongestWord = strongest;
    out.tokenCount = to - from;
  };
  return { lookUp, score };
}

export function emptyScore(): ModelScore {
  return { logit: 0, strongestWord: 0, tokenCount: 0, features: new Float64Array(FEATURE_COUNT) };
}
