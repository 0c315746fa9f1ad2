import { SENTIMENT_LABELS, type SentimentLabel } from '../../analysis/analysis.ts';
import { maxMissed, noSentiment, type PhraseExample, type PhraseSketch } from './phraseSketch.ts';

/** A phrase over several days. The number of feedback with it is between `count` and `atMost`. */
export interface PhraseTotal {
  stems: string;
  written: string;
  count: number;
  atMost: number;
  sentiment: Record<SentimentLabel, number>;
  /** examples of the latest days first */
  examples: PhraseExample[];
  /** min count of each day, in order */
  days: number[];
}

/** All phrases over several days. */
export interface PhraseTotals {
  /** number of feedback with a text, in all and for each day in order */
  texts: number;
  days: number[];
  phrases: Map<string, PhraseTotal>;
  /** max count of a phrase that is not in `phrases` */
  maxMissed: number;
}

/** Examples of a phrase after which no more are added. */
const ENOUGH_EXAMPLES = 16;

/**
 * Adds up the sketches of days, in order. A day without a counter for a phrase may have missed as many uses as its rarest
 * phrase has. So the bounds of the days add up to bounds of the total (Agarwal et al., Mergeable Summaries, PODS 2012).
 */
export function totalsOfPhrases(sketches: readonly PhraseSketch[]): PhraseTotals {
  const phrases = new Map<string, PhraseTotal>();
  const missed = sketches.map(maxMissed);
  const allMissed = missed.reduce((sum, n) => sum + n, 0);
  for (let day = sketches.length - 1; day >= 0; day--)
    for (const { stems, written, count, error, sentiment, examples } of sketches[day]!.counters.values()) {
      let total = phrases.get(stems);
      if (!total) {
        const days = new Array<number>(sketches.length).fill(0);
        total = { stems, written, count: 0, atMost: allMissed, sentiment: noSentiment(), examples: [], days };
        phrases.set(stems, total);
      }
      total.count += count - error;
      total.atMost += count - missed[day]!;
      total.days[day] = count - error;
      if (total.examples.length < ENOUGH_EXAMPLES) total.examples.push(...examples);
      for (const label of SENTIMENT_LABELS) total.sentiment[label] += sentiment[label];
    }
  const days = sketches.map(({ texts }) => texts);
  return { texts: days.reduce((sum, n) => sum + n, 0), days, phrases, maxMissed: allMissed };
}
