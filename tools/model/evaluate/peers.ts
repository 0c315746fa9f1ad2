import { createRequire } from 'node:module';
import wink from 'wink-sentiment';

const require = createRequire(import.meta.url);

/** A peer's score of a text. Only its sign counts. */
export type Peer = (text: string) => number;

interface Natural {
  new (language: string, stemmer: unknown, vocabulary: string): { getSentiment(words: string[]): number };
}

/** Creates the lexicon-based analyzers that the scorecard compares with. */
export function createPeers(): Record<'wink-sentiment' | 'natural AFINN' | 'VADER', Peer> {
  const Analyzer = require('natural/lib/natural/sentiment/SentimentAnalyzer.js') as Natural;
  const stemmer = require('natural/lib/natural/stemmers/porter_stemmer.js') as unknown;
  const natural = new Analyzer('English', stemmer, 'afinn');
  const { SentimentIntensityAnalyzer: vader } = require('vader-sentiment') as {
    SentimentIntensityAnalyzer: { polarity_scores(text: string): { compound: number } };
  };
  return {
    'wink-sentiment': (text) => {
      try {
        return Number(wink(text).score) || 0;
      } catch {
        // It looks words up in plain objects and throws for some, such as 'caller'.
        return 0;
      }
    },
    'natural AFINN': (text) => natural.getSentiment(text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? []) || 0,
    VADER: (text) => vader.polarity_scores(text).compound,
  };
}
