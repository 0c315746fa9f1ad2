import type { SentimentLabel } from '../../analysis/analysis.ts';

/** A clause with a phrase: the feedback's id and the UTF-16 offsets in its text. */
export interface PhraseExample {
  id: string;
  start: number;
  end: number;
}

/** One use of a phrase. A feedback has at most one use of each phrase. */
export interface PhraseUse extends PhraseExample {
  /** stems, separated by single spaces */
  stems: string;
  /** words in lower case */
  written: string;
  sentiment: SentimentLabel;
}

/** The counter of one phrase. Its true count is between `count − error` and `count`. */
export interface PhraseCounter {
  stems: string;
  written: string;
  count: number;
  error: number;
  /** uses by sentiment since the phrase has this counter, `count − error` in all */
  sentiment: Record<SentimentLabel, number>;
  examples: PhraseExample[];
}

/** A sketch: counters of the most frequent phrases, in bounded memory. */
export interface PhraseSketch {
  /** number of feedback with a text that were added */
  texts: number;
  /** max number of counters */
  capacity: number;
  counters: Map<string, PhraseCounter>;
}

/** Max examples of a phrase in one sketch: the first ones. */
const MAX_EXAMPLES = 2;

export function emptySketch(capacity: number): PhraseSketch {
  return { texts: 0, capacity, counters: new Map() };
}

/**
 * Adds uses to a sketch, in order, by the Space-Saving algorithm (Metwally, Agrawal and El Abbadi, ICDT 2005). In a full
 * sketch a new phrase replaces the rarest one and inherits its count as `error`. After `n` uses no count is too large by more
 * than n ÷ capacity, and every phrase with more uses than that has a counter.
 *
 * Uses of the same phrase are added together, so that one call evicts as few phrases as possible.
 */
export function addUses(sketch: PhraseSketch, uses: readonly PhraseUse[], texts: number): void {
  sketch.texts += texts;
  const usesByPhrase = new Map<string, PhraseUse[]>();
  for (const use of uses) {
    const known = usesByPhrase.get(use.stems);
    if (known) known.push(use);
    else usesByPhrase.set(use.stems, [use]);
  }
  // Phrases with a counter come first, then frequent ones, so that phrases of one call do not evict each other.
  const order = [...usesByPhrase].sort(
    ([a, x], [b, y]) => Number(sketch.counters.has(b)) - Number(sketch.counters.has(a)) || y.length - x.length,
  );
  const allocate = createAllocate(sketch);
  for (const [stems, phraseUses] of order) {
    const counter = sketch.counters.get(stems) ?? allocate(phraseUses[0]!, phraseUses.length);
    for (const { id, start, end, sentiment } of phraseUses) {
      counter.count++;
      counter.sentiment[sentiment]++;
      if (counter.examples.length < MAX_EXAMPLES) counter.examples.push({ id, start, end });
    }
  }
}

/** The max count of a phrase that has no counter. */
export function maxMissed({ counters, capacity }: PhraseSketch): number {
  if (counters.size < capacity) return 0;
  let minCount = Number.POSITIVE_INFINITY;
  for (const { count } of counters.values()) minCount = Math.min(minCount, count);
  return minCount;
}

export const noSentiment = (): Record<SentimentLabel, number> => ({ positive: 0, neutral: 0, negative: 0, mixed: 0 });

/**
 * Creates the function that allocates counters: free ones first, then those of the rarest phrases. It sorts the phrases from time to time,
 * because a search for each eviction would take longer.
 */
function createAllocate({ counters, capacity }: PhraseSketch) {
  let rarest: { stems: string; count: number }[] = [];
  /** smallest count allocated since the last sort */
  let minAllocated = Number.NEGATIVE_INFINITY;
  const evict = (): number => {
    for (;;) {
      const next = rarest.pop();
      if (!next || next.count > minAllocated) {
        rarest = [...counters.values()].map(({ stems, count }) => ({ stems, count })).sort((a, b) => b.count - a.count);
        minAllocated = Number.POSITIVE_INFINITY;
      } else if (counters.get(next.stems)?.count === next.count) {
        counters.delete(next.stems);
        return next.count;
      }
    }
  };
  return ({ stems, written }: PhraseUse, uses: number): PhraseCounter => {
    const error = counters.size < capacity ? 0 : evict();
    minAllocated = Math.min(minAllocated, error + uses);
    const counter = { stems, written, count: error, error, sentiment: noSentiment(), examples: [] };
    counters.set(stems, counter);
    return counter;
  };
}
