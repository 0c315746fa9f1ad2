import type { Analyze, ClauseSentiment, FullAnalysis, Kind, Mention, Sentiment } from './analysis.ts';
import { applyMood, kindOf, moodOf } from './sentiment/english.ts';
import { readIntent } from './sentiment/intent.ts';
import { createLinearModel, emptyScore } from './sentiment/linearModel.ts';
import { applyNegationAndContrast } from './sentiment/negation.ts';
import { createLexiconAnalyzer } from './sentiment/otherLanguages.ts';
import type { ForeignLanguage } from './sentiment/otherLexicons.ts';
import { packedWeights } from './sentiment/packedWeights.ts';
import { isPast } from './sentiment/tense.ts';
import { unpackWeights, type Weights } from './sentiment/weights.ts';
import type { Taxonomy } from './taxonomy/taxonomy.ts';
import { createThemeFinder, type FindThemes } from './taxonomy/themeFinder.ts';
import { type Clause, clausesOf, partsOf } from './text/clauses.ts';
import { languageOf } from './text/language.ts';
import { Tokens } from './text/tokens.ts';

/** Changes with anything that changes what an analysis says. */
export const ANALYSIS_VERSION = 'linear-2';

const shippedWeights = unpackWeights(packedWeights);
/** Clauses this far to both sides, in score, make a text mixed, where neither outweighs the other. */
const CLEARLY = 0.35;
const OUTWEIGHED = 0.75;
/** Leaning from which a part of a clause speaks for itself. */
const CLEAR_LOGIT = 1;
/** Tokens of a part that may be an item of a list. */
const MAX_ITEM = 3;
/** What is left of a clause's score for a part of it that says nothing. */
const FAINT = 0.2;

/** Sentiment by a learned linear model and themes by taxonomy. Throws where the taxonomy breaks a rule. */
export function createAnalyzer({
  taxonomy,
  weights = shippedWeights,
}: {
  taxonomy: Taxonomy;
  weights?: Weights;
}): Analyze {
  const read = createTextAnalyzer(weights);
  const findThemes = createThemeFinder(taxonomy);
  return (text) => read(text, findThemes);
}

/** Analyses one text by a taxonomy of its own: many taxonomies share one model. */
export type AnalyzeText = (text: string | undefined, findThemes: FindThemes) => FullAnalysis;

export function createTextAnalyzer(weights: Weights = shippedWeights): AnalyzeText {
  let findThemes: FindThemes;
  const { look, lean } = createLinearModel(weights);
  const { calibration } = weights;
  const tokens = new Tokens();
  const leaning = emptyScore();
  const foreign = new Map<ForeignLanguage, ReturnType<typeof createLexiconAnalyzer>>();
  const readerOf = (language: ForeignLanguage) => {
    const reader = foreign.get(language) ?? createLexiconAnalyzer(language);
    foreign.set(language, reader);
    return reader;
  };

  /**
   * How a part of a clause feels that speaks of a theme. A part that says nothing feels as its clause does where it is
   * one of a list ('the export and the search are slow'); a longer one is neutral.
   */
  const scorePart = (from: number, to: number, clause: Sentiment): Sentiment => {
    lean(tokens, from, to, leaning);
    if (leaning.features[14] === 0 && Math.abs(leaning.logit) >= CLEAR_LOGIT)
      return applyMood(leaning, calibration, tokens.asked[from]! ? 'asking' : 'saying', true);
    if (to - from <= MAX_ITEM) return clause;
    return {
      label: 'neutral',
      score: Math.round(clause.score * FAINT * 1000) / 1000 || 0,
      confidence: clause.confidence,
    };
  };

  const scoreClause = ({ from, to }: Clause): Sentiment => {
    lean(tokens, from, to, leaning);
    return applyMood(leaning, calibration, tokens.asked[from]! ? 'asking' : 'saying', true);
  };

  const readEnglish = (): Reading => {
    const { count } = tokens;
    applyNegationAndContrast(tokens, 0, count);
    const frames = readIntent(tokens, 0, count);
    lean(tokens, 0, count, leaning);
    const whole = applyMood(leaning, calibration, moodOf(frames, tokens));
    const clauses = clausesOf(tokens);
    const isOfNow = clauses.map(({ from, to }) => !isPast(tokens, from, to));
    // Within its own clause, what stands before a 'but' counts in full.
    for (let at = 0; at < count; at++) if (tokens.weight[at]! > 0) tokens.weight[at] = 1;
    const scored = clauses.map((clause): [Clause, Sentiment] => [clause, scoreClause(clause)]);
    const sentiment = withMixed(
      whole,
      scored.filter((_, index) => isOfNow[index]),
    );
    return { kind: kindOf(frames, sentiment), whole: sentiment, clauses: scored };
  };

  const readForeign = (language: ForeignLanguage): Reading => {
    const reader = readerOf(language);
    reader.classify(tokens);
    applyNegationAndContrast(tokens, 0, tokens.count);
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
    const isForeign = language !== null && language !== 'en';
    const { kind, whole, clauses } = isForeign ? readForeign(language) : readEnglish();
    return {
      version: ANALYSIS_VERSION,
      kind,
      language,
      sentiment: whole,
      ...placed(text, clauses, isForeign ? undefined : scorePart),
    };
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

  function placed(
    text: string,
    scored: [Clause, Sentiment][],
    readPart?: typeof scorePart,
  ): Pick<FullAnalysis, 'mentions' | 'clauses'> {
    const mentions: Mention[] = [];
    const placeOf = (from: number, to: number) => ({ start: tokens.start[from]!, end: tokens.end[to - 1]! });
    const clauses = scored.map(([clause, sentiment]): ClauseSentiment => {
      const place = placeOf(clause.from, clause.to);
      const themes = findThemes(text, tokens, clause.from, clause.to);
      const bounds = themes.length > 0 && readPart ? partsOf(tokens, clause) : [];
      if (bounds.length <= 2) {
        for (const theme of themes) mentions.push({ theme, ...place, sentiment });
        return { ...place, sentiment };
      }
      const strongest = new Map<string, Mention>();
      for (const [at, from] of bounds.slice(0, -1).entries()) {
        const to = bounds[at + 1]!;
        const told = findThemes(text, tokens, from, to);
        if (told.length === 0) continue;
        const part = readPart!(from, to, sentiment);
        const where = part === sentiment ? place : placeOf(from, to);
        for (const theme of told) {
          const known = strongest.get(theme);
          if (!known || Math.abs(part.score) > Math.abs(known.sentiment.score))
            strongest.set(theme, { theme, ...where, sentiment: part });
        }
      }
      // A phrase may reach over the end of a part.
      for (const theme of themes) mentions.push(strongest.get(theme) ?? { theme, ...place, sentiment });
      return { ...place, sentiment };
    });
    return { mentions, clauses };
  }
}

interface Reading {
  kind: Kind;
  whole: Sentiment;
  clauses: [Clause, Sentiment][];
}

/** 'mixed' where clauses, of what is now, clearly disagree and the whole does not come out clearly on one side. */
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
  // It is about the side of the whole, as ever, and disagreement makes nothing surer.
  const confidence = Math.min(whole.confidence, best.confidence, worst.confidence);
  return { label: 'mixed', score: whole.score, confidence };
}
