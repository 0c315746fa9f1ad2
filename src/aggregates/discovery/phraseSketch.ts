import type { SentimentLabel } from '../../analysis/analysis.ts';

/** A clause that a phrase is in: of which feedback, and where in its text. */
export interface PhraseExample {
  id: string;
  start: number;
  end: number;
}

/** One appearance of a phrase: counted once for each feedback. */
export interface PhraseUse extends PhraseExample {
  /** stems, separated by single spaces */
  stems: string;
  /** as it was written, in lower case */
  written: string;
  sentiment: SentimentLabel;
}

/** What is known of one phrase. It was used `count − error` times at least and `count` times at most. */
export interface PhraseCounter {
  stems: string;
  written: string;
  count: number;
  error: number;
  /** of the uses that were seen since the phrase took this place, `count − error` in all */
  sentiment: Record<SentimentLabel, number>;
  examples: PhraseExample[];
}

/** Feedback that a sketch has seen, and the phrases it counts. */
export interface PhraseSketch {
  texts: number;
  /** at most so many phrases */
  capacity: number;
  counters: Map<string, PhraseCounter>;
}

/** Examples that one sketch keeps of a phrase: the first ones. */
const KEPT_EXAMPLES = 2;

export function emptySketch(capacity: number): PhraseSketch {
  return { texts: 0, capacity, counters: new Map() };
}

/**
 * Adds uses, in order, by the Space-Saving algorithm (Metwally, Agrawal and El Abbadi, ICDT 2005): a new phrase takes the
 * place of the rarest one where no place is free, and inherits its count as what may be wrong. Of `n` uses seen in all, no
 * count is too large by more than n ÷ capacity, and every phrase with more uses than that is there.
 *
 * Uses of the same phrase are added together, so that one call evicts as little as it can.
 */
export function addUses(sketch: PhraseSketch, uses: readonly PhraseUse[], texts: number): void {
  sketch.texts += texts;
  const gains = new Map<string, PhraseUse[]>();
  for (const use of uses) {
    const known = gains.get(use.stems);
    if (known) known.push(use);
    else gains.set(use.stems, [use]);
  }
  // What is there already gains first, and the frequent before the rare: they are not to evict each other.
  const order = [...gains].sort(
    ([a, x], [b, y]) =>
      Number(sketch.counters.has(b)) - Number(sketch.counters.has(a)) || y.length - x.length,
  );
  const places = createPlaces(sketch);
  for (const [stems, some] of order) {
    const counter = sketch.counters.get(stems) ?? places.take(some[0]!, some.length);
    for (const { id, start, end, sentiment } of some) {
      counter.count++;
      counter.sentiment[sentiment]++;
      if (counter.examples.length < KEPT_EXAMPLES) counter.examples.push({ id, start, end });
    }
  }
}

/** The count that a phrase may have had without being in the sketch. */
export function maxMissed({ counters, capacity }: PhraseSketch): number {
  if (counters.size < capacity) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (const { count } of counters.values()) least = Math.min(least, count);
  return least;
}

export const noSentiment = (): Record<SentimentLabel, number> => ({
  positive: 0,
  neutral: 0,
  negative: 0,
  mixed: 0,
});

/** Hands out places: free ones, then those of the rarest phrases, which are sorted now and then rather than looked for. */
function createPlaces({ counters, capacity }: PhraseSketch) {
  let rarest: { stems: string; count: number }[] = [];
  let leastTaken = Number.NEGATIVE_INFINITY;
  const evict = (): number => {
    for (;;) {
      const next = rarest.pop();
      if (!next || next.count > leastTaken) {
        rarest = [...counters.values()]
          .map(({ stems, count }) => ({ stems, count }))
          .sort((a, b) => b.count - a.count);
        leastTaken = Number.POSITIVE_INFINITY;
      } else if (counters.get(next.stems)?.count === next.count) {
        counters.delete(next.stems);
        return next.count;
      }
    }
  };
  return {
    take({ stems, written }: PhraseUse, gain: number): PhraseCounter {
      const error = counters.size < capacity ? 0 : evict();
      leastTaken = Math.min(leastTaken, error + gain);
      const counter = { stems, written, count: error, error, sentiment: noSentiment(), examples: [] };
      counters.set(stems, counter);
      return counter;
    },
  };
}
