import { SENTIMENT_LABELS, type SentimentLabel } from '../../analysis/analysis.ts';
import { maxMissed, noSentiment, type PhraseExample, type PhraseSketch } from './phraseSketch.ts';

/** A phrase over some days: used by `count` feedback for certain, and by `atMost` at most. */
export interface PhraseTotal {
  stems: string;
  written: string;
  count: number;
  atMost: number;
  sentiment: Record<SentimentLabel, number>;
  /** the latest days' first */
  examples: PhraseExample[];
  /** what is certain, of each day in order */
  days: number[];
}

export interface PhraseTotals {
  texts: number;
  /** feedback with a text, of each day in order */
  days: number[];
  phrases: Map<string, PhraseTotal>;
  /** the most that a phrase which is not in `phrases` may have */
  maxMissed: number;
}

const ENOUGH_EXAMPLES = 16;

/**
 * Adds up the sketches of days. A day that has no place for a phrase may have missed as many uses of it as its rarest
 * phrase has, so bounds add up too, and stay bounds (Agarwal et al., Mergeable Summaries, PODS 2012).
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
