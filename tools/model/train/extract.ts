import { readIntent } from '../../../src/analysis/sentiment/intent.ts';
import { FEATURE_COUNT, readLexiconFeatures } from '../../../src/analysis/sentiment/lexiconFeatures.ts';
import { applyNegationAndContrast } from '../../../src/analysis/sentiment/negation.ts';
import { pairAt, scaleOf } from '../../../src/analysis/sentiment/wordPairs.ts';
import { Tokens } from '../../../src/analysis/text/tokens.ts';
import { type Lexicon, TRAITS } from './lexicon.ts';
import { DIMENSIONS, type Vectors } from './regression/vectors.ts';
import { negatedHash, plainWord, stemHash } from './words.ts';

/** What is known of a word from elsewhere: its vector, then what the word lists say. */
export const KNOWLEDGE = DIMENSIONS + TRAITS;
/** Knowledge of all words, of the negated ones again, then the evidence. */
export const DENSE_SIZE = 2 * KNOWLEDGE + FEATURE_COUNT;
/** A negated word counts as its opposite too, so that what is learned of a word serves for both. */
export const OPPOSITE = -0.85;

/** One text as numbers. */
export interface Sample {
  hashes: Int32Array;
  values: Float64Array;
  dense: Float64Array;
}

export interface Sources {
  lexicon: Lexicon;
  vectors: Vectors | undefined;
  /** every word that was read, by hash */
  seen: Map<number, string>;
}

const tokens = new Tokens();
const polarity = new Float64Array(tokens.hash.length);
const evidence = new Float64Array(FEATURE_COUNT);

/** Fills `out` with the knowledge of a word. False where there is none. */
export function knowledgeOf(hash: number, { lexicon, vectors }: Sources, out: Float64Array): boolean {
  out.fill(0);
  const trait = lexicon.traits.get(hash);
  const row = vectors?.rowOf.get(hash);
  if (row !== undefined && vectors)
    for (let d = 0; d < DIMENSIONS; d++) out[d] = vectors.values[row * DIMENSIONS + d]!;
  if (trait) for (let d = 0; d < TRAITS; d++) out[DIMENSIONS + d] = trait[d]!;
  return trait !== undefined || row !== undefined;
}

const knowledge = new Float64Array(KNOWLEDGE);

/** Reads a text into features, with the very functions that read it at run time. */
export function readSample(text: string, sources: Sources): Sample {
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
  const scale = scaleOf(count);
  for (let at = 0; at < count; at++) {
    const own = hash[at]!;
    polarity[at] = sources.lexicon.polarity.get(own) ?? 0;
    const value = weight[at]! * scale;
    if (value === 0) continue;
    const signed = negated[at] ? OPPOSITE * value : value;
    add(own, signed);
    if (negated[at]) add(negatedHash(own), value);
    let word = sources.seen.get(own);
    if (word === undefined) {
      word = plainWord(text.slice(tokens.start[at], tokens.end[at]));
      sources.seen.set(own, word);
    }
    const stem = stemHash(word);
    if (stem !== 0) add(stem, signed);
    add(pairAt(tokens, at, 0), value);
    if (!knowledgeOf(own, sources, knowledge)) continue;
    for (let d = 0; d < KNOWLEDGE; d++) {
      dense[d]! += knowledge[d]! * signed;
      if (negated[at]) dense[KNOWLEDGE + d]! += knowledge[d]! * value;
    }
  }
  readLexiconFeatures(tokens, 0, count, polarity, evidence);
  dense.set(evidence, 2 * KNOWLEDGE);
  return { hashes: Int32Array.from(hashes), values: Float64Array.from(values), dense };
}
