import type { Analyze, FullAnalysis, Kind, Mention, Sentiment } from './analysis.ts';
import { memoize } from './memoize.ts';
import { kindOf, moodOf, sentimentInMood } from './sentiment/english.ts';
import { readIntent } from './sentiment/intent.ts';
import { FEATURE } from './sentiment/lexiconFeatures.ts';
import { createLinearModel, emptyScore } from './sentiment/linearModel.ts';
import { withMixed } from './sentiment/mixed.ts';
import { applyNegationAndContrast } from './sentiment/negation.ts';
import { createLexiconAnalyzer } from './sentiment/otherLanguages.ts';
import type { OtherLanguage } from './sentiment/otherLexicons.ts';
import { packedWeights } from './sentiment/packedWeights.ts';
import { isPast } from './sentiment/tense.ts';
import { unpackWeights, type Weights } from './sentiment/weights.ts';
import type { Taxonomy } from './taxonomy/taxonomy.ts';
import { createThemeFinder, type FindThemes } from './taxonomy/themeFinder.ts';
import { type Clause, clausesOf, segmentsOf } from './text/clauses.ts';
import { languageOf } from './text/language.ts';
import { Tokens } from './text/tokens.ts';

/** Version of the analysis. Change it with any change to a result. */
export const ANALYSIS_VERSION = 'linear-2';

const defaultWeights = unpackWeights(packedWeights);
/** The sentiment of a clause in a language that is not scored. */
const NEUTRAL: Sentiment = { label: 'neutral', score: 0, confidence: 0 };
/** Min logit, without its sign, at which a segment has a sentiment of its own. */
const CLEAR_SEGMENT_LOGIT = 1;
/** Max tokens of a segment that may be an item of a list. */
const MAX_LIST_ITEM = 3;
/** Share of its clause's score that a segment without an opinion keeps. */
const NEUTRAL_SEGMENT_FACTOR = 0.2;

/** Creates an analyzer of one taxonomy. @throws InvalidTaxonomy */
export function createAnalyzer({ taxonomy, weights }: { taxonomy: Taxonomy; weights?: Weights }): Analyze {
  const analyzeText = createTextAnalyzer(weights);
  const findThemes = createThemeFinder(taxonomy);
  return (text) => analyzeText(text, findThemes);
}

/** Analyses one text with the given themes, so that many taxonomies share one model. Never throws. */
export type AnalyzeText = (text: string | undefined, findThemes: FindThemes) => FullAnalysis;

interface ScoredText {
  kind: Kind;
  sentiment: Sentiment;
  clauses: ScoredClause[];
}

type ScoredClause = [Clause, Sentiment];

/** Creates an analyzer without themes. Its buffers are reused from text to text. */
export function createTextAnalyzer(weights: Weights = defaultWeights): AnalyzeText {
  const model = createLinearModel(weights);
  const { calibration } = weights;
  const tokens = new Tokens();
  const score = emptyScore();
  const lexiconAnalyzerOf = memoize(Number.POSITIVE_INFINITY, createLexiconAnalyzer);

  /**
   * The sentiment of a segment that mentions a theme. Without an opinion of its own, an item of a list has its clause's
   * sentiment ('the export and the search are slow') and a longer segment is neutral.
   */
  const scoreSegment = (from: number, to: number, clause: Sentiment): Sentiment => {
    model.score(tokens, from, to, score);
    if (score.features[FEATURE.noLexiconWord] === 0 && Math.abs(score.logit) >= CLEAR_SEGMENT_LOGIT)
      return sentimentInMood(score, calibration, tokens.inRequest[from]! ? 'request' : 'statement', true);
    if (to - from <= MAX_LIST_ITEM) return clause;
    const neutral = Math.round(clause.score * NEUTRAL_SEGMENT_FACTOR * 1000) / 1000 || 0;
    return { label: 'neutral', score: neutral, confidence: clause.confidence };
  };

  const scoreClause = ({ from, to }: Clause): Sentiment => {
    model.score(tokens, from, to, score);
    return sentimentInMood(score, calibration, tokens.inRequest[from]! ? 'request' : 'statement', true);
  };

  const scoreEnglish = (): ScoredText => {
    const { count, weight } = tokens;
    applyNegationAndContrast(tokens, 0, count);
    const intent = readIntent(tokens, 0, count);
    model.score(tokens, 0, count, score);
    const whole = sentimentInMood(score, calibration, moodOf(intent, tokens));
    const clauses = clausesOf(tokens);
    const isPresent = clauses.map(({ from, to }) => !isPast(tokens, from, to));
    // Within its own clause, a word before a 'but' counts in full.
    for (let index = 0; index < count; index++) if (weight[index]! > 0) weight[index] = 1;
    const scored = clauses.map((clause): ScoredClause => [clause, scoreClause(clause)]);
    const presentScored = scored.filter((_, index) => isPresent[index]);
    const sentiment = withMixed(whole, presentScored);
    return { kind: kindOf(intent, sentiment), sentiment, clauses: scored };
  };

  const scoreOther = (language: OtherLanguage): ScoredText => {
    const analyzer = lexiconAnalyzerOf(language);
    analyzer.classify(tokens);
    applyNegationAndContrast(tokens, 0, tokens.count);
    const whole = analyzer.sentimentOf(tokens, 0, tokens.count);
    const scored = clausesOf(tokens).map(
      (clause): ScoredClause => [clause, analyzer.sentimentOf(tokens, clause.from, clause.to)],
    );
    const sentiment = withMixed(whole, scored);
    return { kind: analyzer.kindOf(tokens, sentiment), sentiment, clauses: scored };
  };

  const offsetsOf = (from: number, to: number) => ({ start: tokens.start[from]!, end: tokens.end[to - 1]! });

  /** The mentions of one clause: of the whole clause, or of the segment that says the most about each theme. */
  const addMentions = (
    mentions: Mention[],
    text: string,
    findThemes: FindThemes,
    [clause, sentiment]: ScoredClause,
    hasSegments: boolean,
  ): void => {
    const themes = findThemes(text, tokens, clause.from, clause.to);
    if (themes.length === 0) return;
    const offsets = offsetsOf(clause.from, clause.to);
    const bounds = hasSegments ? segmentsOf(tokens, clause) : [];
    if (bounds.length <= 2) {
      for (const theme of themes) mentions.push({ theme, ...offsets, sentiment });
      return;
    }
    const strongest = new Map<string, Mention>();
    for (let index = 0; index + 1 < bounds.length; index++) {
      const [from, to] = [bounds[index]!, bounds[index + 1]!];
      const segmentThemes = findThemes(text, tokens, from, to);
      if (segmentThemes.length === 0) continue;
      const segment = scoreSegment(from, to, sentiment);
      const segmentOffsets = segment === sentiment ? offsets : offsetsOf(from, to);
      for (const theme of segmentThemes) {
        const known = strongest.get(theme);
        if (!known || Math.abs(segment.score) > Math.abs(known.sentiment.score))
          strongest.set(theme, { theme, ...segmentOffsets, sentiment: segment });
      }
    }
    // A term may cross the end of a segment: then the clause mentions the theme.
    for (const theme of themes) mentions.push(strongest.get(theme) ?? { theme, ...offsets, sentiment });
  };

  return (text, findThemes) => {
    if (text === undefined || tokens.read(text).count === 0)
      return { version: ANALYSIS_VERSION, kind: null, language: null, sentiment: null, mentions: [], clauses: [] };
    const known = model.lookUp(tokens);
    const language = languageOf(tokens, known);
    // Emoji mean the same in any language, so a text of nothing else is read like an English one.
    const isEmojiOnly = language === null && tokens.latinLetters + tokens.otherLetters === 0 && known > 0;
    const isEnglish = language === 'en' || isEmojiOnly;
    const scored = isEnglish ? scoreEnglish() : language && scoreOther(language);
    const mentions: Mention[] = [];
    // Themes are found in any language, because names of features are often English.
    for (const clause of scored?.clauses ?? clausesOf(tokens).map((clause): ScoredClause => [clause, NEUTRAL]))
      addMentions(mentions, text, findThemes, clause, isEnglish);
    const clauses = scored?.clauses.map(([{ from, to }, sentiment]) => ({ ...offsetsOf(from, to), sentiment })) ?? [];
    const { kind = null, sentiment = null } = scored ?? {};
    return { version: ANALYSIS_VERSION, kind, language, sentiment, mentions, clauses };
  };
}
