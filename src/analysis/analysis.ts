export const SENTIMENT_LABELS = ['positive', 'neutral', 'negative', 'mixed'] as const;
export type SentimentLabel = (typeof SENTIMENT_LABELS)[number];

/** Kinds of text, by its purpose: it asks for something, reports a problem, praises, asks a question, or does none of these. */
export const KINDS = ['request', 'problem', 'praise', 'question', 'other'] as const;
export type Kind = (typeof KINDS)[number];

/** Languages whose texts are scored. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * `score` is −1 (bad) to 1 (good). Its sign is set for a neutral text too, which leans to one side. `confidence` is the
 * probability that the sign is right, 0 to 1. Both are finite and rounded to three decimals.
 */
export interface Sentiment {
  label: SentimentLabel;
  score: number;
  confidence: number;
}

/** A part of a text and its sentiment. `start` (inclusive) and `end` (exclusive) are UTF-16 offsets in the original text. */
export interface ClauseSentiment {
  start: number;
  end: number;
  sentiment: Sentiment;
}

/** One theme in one clause. */
export interface Mention extends ClauseSentiment {
  theme: string;
}

/** The analysis of one text. `sentiment` and `kind` are null without a text, or in a language that is not scored. */
export interface Analysis {
  version: string;
  kind: Kind | null;
  /** null if it is unknown or not one of the scored languages */
  language: Language | null;
  sentiment: Sentiment | null;
  mentions: Mention[];
}

/** The analysis and all clauses of the text. */
export interface FullAnalysis extends Analysis {
  clauses: ClauseSentiment[];
}

/** Analyses one text. Never throws. The same text gives the same analysis. */
export type Analyze = (text: string | undefined) => FullAnalysis;
