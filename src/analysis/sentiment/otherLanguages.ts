import type { Kind, Sentiment } from '../analysis.ts';
import { hashOfWord } from '../text/hash.ts';
import { HashValues } from '../text/hashTable.ts';
import { PhraseTable } from '../text/phraseTable.ts';
import { MAX_TEXT, SENTENCE_GAP, type Tokens } from '../text/tokens.ts';
import { BOOSTER, CONTRAST, NEGATOR } from '../text/wordClasses.ts';
import { extractLexiconFeatures, FEATURE, FEATURE_COUNT } from './lexiconFeatures.ts';
import { LEXICONS, type OtherLanguage } from './otherLexicons.ts';

/** Range of the confidence. Lexicons of a few hundred words are right in about two of three texts that they match. */
const MIN_CONFIDENCE = 0.4;
const MAX_CONFIDENCE = 0.7;
/** Min score, without its sign, of a text that is not neutral. */
const LABEL_THRESHOLD = 0.15;

/** Creates the analyzer of one language other than English. It scores by a lexicon, with the rules of the English one. */
export function createLexiconAnalyzer(language: OtherLanguage) {
  const lexicon = LEXICONS[language];
  const polarityTable = tableOf([
    [3, lexicon.veryPositive],
    [2, lexicon.positive],
    [-2, lexicon.negative],
    [-3, lexicon.veryNegative],
  ]);
  const bitsTable = tableOf([
    [NEGATOR, lexicon.negators],
    [BOOSTER, lexicon.boosters],
    [CONTRAST, lexicon.contrasts],
  ]);
  const requestPhrases = new PhraseTable([[1, lexicon.requests]]);
  const problemPhrases = new PhraseTable([[1, lexicon.problems]]);
  const polarity = new Float64Array(MAX_TEXT + 1);
  const features = new Float64Array(FEATURE_COUNT);

  /** Gives the tokens the word classes of this language. Call it before `applyNegationAndContrast`. */
  const classify = (tokens: Tokens): void => {
    for (let index = 0; index < tokens.count; index++) {
      tokens.classes[index] = bitsTable.valueOf(tokens.hash[index]!);
      polarity[index] = polarityTable.valueOf(tokens.hash[index]!);
    }
    tokens.inRequest.fill(0, 0, tokens.count);
  };

  const sentimentOf = (tokens: Tokens, from: number, to: number): Sentiment => {
    extractLexiconFeatures(tokens, from, to, polarity, features);
    const score = Math.round(features[FEATURE.compound]! * 1000) / 1000 || 0;
    const label = score >= LABEL_THRESHOLD ? 'positive' : score <= -LABEL_THRESHOLD ? 'negative' : 'neutral';
    const confidence = MIN_CONFIDENCE + (MAX_CONFIDENCE - MIN_CONFIDENCE) * Math.abs(score);
    return { label, score, confidence: Math.round(confidence * 1000) / 1000 };
  };

  const kindOf = (tokens: Tokens, sentiment: Sentiment): Kind => {
    let hasProblem = false;
    let hasQuestion = false;
    for (let index = 0, sentenceEnd = 0; index < tokens.count; index++) {
      if (index >= sentenceEnd) {
        sentenceEnd = index + 1;
        while (sentenceEnd < tokens.count && tokens.gap[sentenceEnd] !== SENTENCE_GAP) sentenceEnd++;
      }
      if (requestPhrases.valueAt(tokens, index, sentenceEnd) > 0) return 'request';
      if (problemPhrases.valueAt(tokens, index, sentenceEnd) > 0) hasProblem = true;
      if (tokens.questionMarks[index]! > 0) hasQuestion = true;
    }
    if (hasProblem && sentiment.label !== 'positive') return 'problem';
    if (hasQuestion) return 'question';
    if (sentiment.label === 'negative' || sentiment.label === 'mixed') return 'problem';
    return sentiment.label === 'positive' ? 'praise' : 'other';
  };
  return { classify, sentimentOf, kindOf };
}

/** A table from pairs of a value and its words. The last value of a word counts. */
function tableOf(lists: readonly [number, string][]): HashValues {
  return new HashValues(
    new Map(lists.flatMap(([value, words]) => words.split(/\s+/).map((word) => [hashOfWord(word), value]))),
  );
}
