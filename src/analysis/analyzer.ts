import type { Analyze, ClauseSentiment, FullAnalysis, Kind, Mention, Sentiment } from './analysis.ts';
import { isTelling } from './calibrate.ts';
import { type Clause, clausesOf } from './clauses.ts';
import { createForeignReader } from './foreign.ts';
import type { ForeignLanguage } from './foreignWords.ts';
import { readFrames } from './frames.ts';
import { languageOf } from './language.ts';
import { markTokens } from './mark.ts';
import { packedWeights } from './packedWeights.ts';
import { createPolarity, emptyLeaning } from './polarity.ts';
import { isRequest, kindOf, scoreLeaning } from './scoreEnglish.ts';
import type { Taxonomy } from './taxonomy.ts';
import { createThemeFinder, type FindThemes } from './themes.ts';
import { Tokens } from './tokens.ts';
import { unpackWeights, type Weights } from './weights.ts';

/** Changes with anything that changes what an analysis says. */
export const ANALYSIS_VERSION = 'linear-1';

const shippedWeights = unpackWeights(packedWeights);
/** Clauses this far to both sides, in score, make a text mixed, where neither outweighs the other. */
const CLEARLY = 0.35;
const OUTWEIGHED = 0.75;

/** Sentiment by a learned linear model and themes by taxonomy. Throws where the taxonomy breaks a rule. */
export function createAnalyzer({
  taxonomy,
  weights = shippedWeights,
}: {
  taxonomy: Taxonomy;
  weights?: Weights;
}): Analyze {
  const read = createReader(weights);
  const findThemes = createThemeFinder(taxonomy);
  return (text) => read(text, findThemes);
}

/** Analyses one text by a taxonomy of its own: many taxonomies share one model. */
export type ReadText = (text: string | undefined, findThemes: FindThemes) => FullAnalysis;

export function createReader(weights: Weights = shippedWeights): ReadText {
  let findThemes: FindThemes;
  const { look, lean } = createPolarity(weights);
  const { calibration } = weights;
  const tokens = new Tokens();
  const leaning = emptyLeaning();
  const foreign = new Map<ForeignLanguage, ReturnType<typeof createForeignReader>>();
  const readerOf = (language: ForeignLanguage) => {
    const reader = foreign.get(language) ?? createForeignReader(language);
    foreign.set(language, reader);
    return reader;
  };

  const score = (from: number, to: number, isAsking: boolean): Sentiment => {
    lean(tokens, from, to, leaning);
    return scoreLeaning(leaning, calibration, isAsking);
  };

  /** A clause without any word that leans feels as its sentence does. */
  const scoreClause = ({ from, to, sentenceFrom, sentenceTo }: Clause): Sentiment => {
    lean(tokens, from, to, leaning);
    if (isTelling(leaning) || (from === sentenceFrom && to === sentenceTo))
      return scoreLeaning(leaning, calibration, tokens.asked[from] !== 0);
    return score(sentenceFrom, sentenceTo, tokens.asked[from] !== 0);
  };

  const readEnglish = (): Reading => {
    const { count } = tokens;
    const frames = readFrames(tokens, 0, count);
    markTokens(tokens, 0, count);
    const whole = score(0, count, isRequest(frames) && isMostlyAsking(tokens));
    const clauses = clausesOf(tokens);
    if (clauses.length < 2)
      return { kind: kindOf(frames, whole), whole, clauses: clauses.map((clause) => [clause, whole]) };
    // Within its own clause, what stands before a 'but' counts in full.
    for (let at = 0; at < count; at++) if (tokens.weight[at]! > 0) tokens.weight[at] = 1;
    const scored = clauses.map((clause): [Clause, Sentiment] => [clause, scoreClause(clause)]);
    const sentiment = withMixed(whole, scored);
    return { kind: kindOf(frames, sentiment), whole: sentiment, clauses: scored };
  };

  const readForeign = (language: ForeignLanguage): Reading => {
    const reader = readerOf(language);
    reader.classify(tokens);
    markTokens(tokens, 0, tokens.count);
    const whole = reader.sentimentOf(tokens, 0, tokens.count);
    const scored = clausesOf(tokens).map((clause): [Clause, Sentiment] => [
      clause,
      reader.sentimentOf(tokens, clause.from, clause.to),
    ]);
    const sentiment = withMixed(whole, scored);
    return { kind: reader.kindOf(tokens, sentiment), whole: sentiment, clauses: scored };
  };

  return (text, finder) => {
    findThemes = finder;
    const nothing = { version: ANALYSIS_VERSION, kind: null, language: null, sentiment: null };
    if (text === undefined) return { ...nothing, mentions: [], clauses: [] };
    tokens.read(text);
    if (tokens.count === 0) return { ...nothing, mentions: [], clauses: [] };
    const known = look(tokens);
    const language = languageOf(tokens, known);
    // Emoji say what they say in any language, where they stand alone.
    const isSigns = language === null && tokens.latinLetters + tokens.otherLetters === 0 && known > 0;
    if (language === null && !isSigns) return { ...nothing, ...unscored(text) };
    const { kind, whole, clauses } =
      language === null || language === 'en' ? readEnglish() : readForeign(language);
    return { version: ANALYSIS_VERSION, kind, language, sentiment: whole, ...placed(text, clauses) };
  };

  /** Themes are looked for in any language: names of things are often English. */
  function unscored(text: string): Pick<FullAnalysis, 'mentions' | 'clauses'> {
    const neutral: Sentiment = { label: 'neutral', score: 0, confidence: 0 };
    const { mentions } = placed(
      text,
      clausesOf(tokens).map((clause) => [clause, neutral]),
    );
    return { mentions, clauses: [] };
  }

  function placed(text: string, scored: [Clause, Sentiment][]): Pick<FullAnalysis, 'mentions' | 'clauses'> {
    const mentions: Mention[] = [];
    const clauses = scored.map(([{ from, to }, sentiment]): ClauseSentiment => {
      const place = { start: tokens.start[from]!, end: tokens.end[to - 1]! };
      for (const theme of findThemes(text, tokens, from, to)) mentions.push({ theme, ...place, sentiment });
      return { ...place, sentiment };
    });
    return { mentions, clauses };
  }
}

/** Whether half of a text or more is in sentences that ask for something. */
function isMostlyAsking({ asked, count }: Tokens): boolean {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += asked[at]!;
  return sum * 2 >= count;
}

interface Reading {
  kind: Kind;
  whole: Sentiment;
  clauses: [Clause, Sentiment][];
}

/** 'mixed' where clauses clearly disagree and the whole does not come out clearly on one side. */
function withMixed(whole: Sentiment, clauses: [Clause, Sentiment][]): Sentiment {
  let best: Sentiment | undefined;
  let worst: Sentiment | undefined;
  for (const [, sentiment] of clauses) {
    if (!best || sentiment.score > best.score) best = sentiment;
    if (!worst || sentiment.score < worst.score) worst = sentiment;
  }
  if (
    !best ||
    !worst ||
    best.score < CLEARLY ||
    worst.score > -CLEARLY ||
    Math.abs(whole.score) >= OUTWEIGHED
  )
    return whole;
  const confidence = Math.min(best.confidence, worst.confidence);
  return { label: 'mixed', score: whole.score, confidence };
}
