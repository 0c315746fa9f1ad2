export const SENTIMENT_LABELS = ['positive', 'neutral', 'negative', 'mixed'] as const;
export type SentimentLabel = (typeof SENTIMENT_LABELS)[number];

/** `score` is −1 (bad) to 1 (good), rounded to three decimals, always finite. */
export interface Sentiment {
  label: SentimentLabel;
  score: number;
}

/** One theme in one clause. `start` and `end` are UTF-16 offsets of the clause in the original text. */
export interface Mention {
  theme: string;
  start: number;
  end: number;
  sentiment: Sentiment;
}

/** What a text says. `sentiment` is null where nothing can be said: no text, or a language that is not scored. */
export interface Analysis {
  version: string;
  sentiment: Sentiment | null;
  mentions: Mention[];
}

/** Analyses one text. Never throws, whatever the text; the same text gives the same analysis. */
export type Analyze = (text: string | undefined) => Analysis;
