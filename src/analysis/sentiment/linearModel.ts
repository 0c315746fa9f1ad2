import { HashTable } from '../text/hashTable.ts';
import { MAX_TEXT, type Tokens } from '../text/tokens.ts';
import { NEGATOR } from '../text/wordClasses.ts';
import { FEATURE_COUNT, readLexiconFeatures } from './lexiconFeatures.ts';
import type { Weights } from './weights.ts';
import { pairAt, scaleOf } from './wordPairs.ts';

/** How a range of tokens leans, before it is calibrated. Reused for the next range. */
export interface ModelScore {
  /** of 'positive' against 'negative' */
  logit: number;
  /** the strongest single word that is no negation, in units of the logit */
  strongest: number;
  /** tokens that the model knows */
  known: number;
  tokens: number;
  readonly features: Float64Array;
}

/** Makes the linear model: words, pairs of words, and evidence, in one pass over marked tokens. */
export function createLinearModel(weights: Weights) {
  const words = new HashTable(weights.words.hashes);
  const pairs = new HashTable(weights.pairs.hashes);
  const { plain, negated, polarity } = weights.words;
  const pairWeight = weights.pairs.weight;
  const evidenceWeight = Float64Array.from(weights.evidence);
  const rows = new Int32Array(MAX_TEXT + 1);
  const polarities = new Float64Array(MAX_TEXT + 1);

  /** Looks the words up; `lean` needs it done for its range. Gives how many are known. */
  const look = (tokens: Tokens): number => {
    let known = 0;
    for (let at = 0; at < tokens.count; at++) {
      const row = words.rowOf(tokens.hash[at]!);
      rows[at] = row;
      polarities[at] = row < 0 ? 0 : polarity[row]!;
      if (row >= 0) known++;
    }
    return known;
  };

  const lean = (tokens: Tokens, from: number, to: number, out: ModelScore): void => {
    let sum = 0;
    let strongest = 0;
    let known = 0;
    for (let at = from; at < to; at++) {
      const weight = tokens.weight[at]!;
      const row = rows[at]!;
      let value = 0;
      if (row >= 0) {
        known++;
        value = tokens.negated[at] ? negated[row]! : plain[row]!;
      }
      const pair = pairs.rowOf(pairAt(tokens, at, from));
      if (pair >= 0) value += pairWeight[pair]!;
      value *= weight;
      sum += value;
      // That something is denied does not say how it feels.
      if (tokens.classes[at]! & NEGATOR) continue;
      if (value > strongest) strongest = value;
      else if (-value > strongest) strongest = -value;
    }
    readLexiconFeatures(tokens, from, to, polarities, out.features);
    let logit = weights.bias + sum * scaleOf(to - from);
    for (let at = 0; at < FEATURE_COUNT; at++) logit += evidenceWeight[at]! * out.features[at]!;
    out.logit = logit;
    out.strongest = strongest;
    out.known = known;
    out.tokens = to - from;
  };
  return { look, lean };
}

export function emptyScore(): ModelScore {
  return { logit: 0, strongest: 0, known: 0, tokens: 0, features: new Float64Array(FEATURE_COUNT) };
}
