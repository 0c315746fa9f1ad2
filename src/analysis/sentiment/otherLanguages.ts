import type { Kind, Sentiment } from '../analysis.ts';
import { hashOfWord } from '../text/hash.ts';
import { HashTable } from '../text/hashTable.ts';
import { PhraseTable } from '../text/phraseTable.ts';
import { MAX_TEXT, SENTENCE, type Tokens } from '../text/tokens.ts';
import { BOOSTER, CONTRAST, NEGATOR } from '../text/wordClasses.ts';
import { FEATURE_COUNT, readLexiconFeatures } from './lexiconFeatures.ts';
import { FOREIGN_WORDS, type ForeignLanguage } from './otherLexicons.ts';

/** Word lists of a few hundred words: right in two of three texts where they find something, hardly ever surer. */
const MIN_CONFIDENCE = 0.4;
const MAX_CONFIDENCE = 0.7;
const LABEL_FROM = 0.15;

/** Scores texts of one language besides English by its word lists. */
export function createLexiconAnalyzer(language: ForeignLanguage) {
  const words = FOREIGN_WORDS[language];
  const polarityOf = new Map<number, number>();
  for (const [value, list] of [
    [3, words.veryGood],
    [2, words.good],
    [-2, words.bad],
    [-3, words.veryBad],
  ] as const)
    for (const word of list.split(/\s+/)) polarityOf.set(hashOfWord(word), value);
  const bitsOf = new Map<number, number>();
  for (const [bit, list] of [
    [NEGATOR, words.negators],
    [BOOSTER, words.boosters],
    [CONTRAST, words.contrasts],
  ] as const)
    for (const word of list.split(/\s+/)) bitsOf.set(hashOfWord(word), bit);
  const polarityTable = new HashTable(Int32Array.from(polarityOf.keys()));
  const polarityOfRow = Float64Array.from(polarityOf.values());
  const bitsTable = new HashTable(Int32Array.from(bitsOf.keys()));
  const bitsOfRow = Int32Array.from(bitsOf.values());
  const requests = new PhraseTable([[1, words.requests]]);
  const troubles = new PhraseTable([[1, words.troubles]]);
  const polarity = new Float64Array(MAX_TEXT + 1);
  const evidence = new Float64Array(FEATURE_COUNT);

  /** Gives the tokens the classes of this language; then `markTokens` can mark them. */
  const classify = (tokens: Tokens): void => {
    for (let at = 0; at < tokens.count; at++) {
      const row = bitsTable.rowOf(tokens.hash[at]!);
      tokens.classes[at] = row < 0 ? 0 : bitsOfRow[row]!;
      const polar = polarityTable.rowOf(tokens.hash[at]!);
      polarity[at] = polar < 0 ? 0 : polarityOfRow[polar]!;
    }
    tokens.asked.fill(0, 0, tokens.count);
  };

  const sentimentOf = (tokens: Tokens, from: number, to: number): Sentiment => {
    readLexiconFeatures(tokens, from, to, polarity, evidence);
    const score = Math.round(evidence[0]! * 1000) / 1000 || 0;
    const label = score >= LABEL_FROM ? 'positive' : score <= -LABEL_FROM ? 'negative' : 'neutral';
    const sure = MIN_CONFIDENCE + (MAX_CONFIDENCE - MIN_CONFIDENCE) * Math.abs(score);
    return { label, score, confidence: Math.round(sure * 1000) / 1000 };
  };

  const kindOf = (tokens: Tokens, sentiment: Sentiment): Kind => {
    let hasTrouble = false;
    let hasQuestion = false;
    for (let at = 0, end = 0; at < tokens.count; at++) {
      if (at >= end) {
        end = at + 1;
        while (end < tokens.count && tokens.gap[end] !== SENTENCE) end++;
      }
      if (requests.valueAt(tokens, at, end) > 0) return 'request';
      if (troubles.valueAt(tokens, at, end) > 0) hasTrouble = true;
      if (tokens.asks[at]! > 0) hasQuestion = true;
    }
    if (hasTrouble && sentiment.label !== 'positive') return 'problem';
    if (hasQuestion) return 'question';
    if (sentiment.label === 'negative' || sentiment.label === 'mixed') return 'problem';
    return sentiment.label === 'positive' ? 'praise' : 'other';
  };
  return { classify, sentimentOf, kindOf };
}
