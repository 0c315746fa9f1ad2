export const SENTIMENT_LABELS = ['positive', 'neutral', 'negative', 'mixed'] as const;
export type SentimentLabel = (typeof SENTIMENT_LABELS)[number];

/** What a text is for: it asks for something, tells of a fault, praises, asks to be told, or none of these. */
export const KINDS = ['request', 'problem', 'praise', 'question', 'other'] as const;
export type Kind = (typeof KINDS)[number];

/** Languages whose texts are scored. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * `score` is −1 (bad) to 1 (good), `confidence` the chance that the label is right, 0 to 1; both are rounded to three
 * decimals and always finite. The score of a neutral text says to which side it leans.
 */
export interface Sentiment {
  label: SentimentLabel;
  score: number;
  confidence: number;
}

/** A part of a text and how it feels; `start` and `end` are UTF-16 offsets in the original text. */
export interface ClauseSentiment {
  start: number;
  end: number;
  sentiment: Sentiment;
}

/** One theme in one clause. */
export interface Mention extends ClauseSentiment {
  theme: string;
}

/** What a text says. `sentiment` and `kind` are null where nothing can be said: no text, or a language not scored. */
export interface Analysis {
  version: string;
  kind: Kind | null;
  /** null where it is none of those that are scored, or cannot be told */
  language: Language | null;
  sentiment: Sentiment | null;
  mentions: Mention[];
}

/** The analysis, and the clauses it rests on. */
export interface FullAnalysis extends Analysis {
  clauses: ClauseSentiment[];
}

/** Analyses one text. Never throws, whatever the text; the same text gives the same analysis. */
export type Analyze = (text: string | undefined) => FullAnalysis;
