import { SENTIMENT_LABELS, type SentimentLabel } from '../analysis/analysis.ts';
import type { PhraseCounter, PhraseSketch } from './phraseSketch.ts';

/** What one text said, as it was counted. */
export interface CountedText {
  id: string;
  uses: readonly { stems: string; sentiment: SentimentLabel }[];
}

/**
 * Takes texts back out of a sketch, in place. A sketch that was never full is then what it would be without them, but for
 * examples and the way a phrase is written, which are not made up for: `orphaned` are the phrases that have lost the example
 * that they are written like. Of one that was full, counts stay upper bounds, and `count − error` lower ones.
 *
 * A phrase that nobody is known to have said any more goes. Where the sketch was full its place goes too: in a free place the
 * next phrase would be taken for one that was never missed.
 */
export function removeUses(
  sketch: PhraseSketch,
  texts: readonly CountedText[],
): { orphaned: PhraseCounter[] } {
  const orphaned = new Set<PhraseCounter>();
  for (const { id, uses } of texts) {
    sketch.texts = Math.max(0, sketch.texts - 1);
    const labels = new Map(uses.map(({ stems, sentiment }) => [stems, sentiment]));
    for (const counter of [...sketch.counters.values()]) {
      const example = counter.examples.findIndex((one) => one.id === id);
      const label = labels.get(counter.stems);
      if (example < 0 && label === undefined) continue;
      takeOne(counter, label ?? mostCommon(counter));
      if (example >= 0) counter.examples.splice(example, 1);
      if (example === 0) orphaned.add(counter);
      if (counter.count > counter.error) continue;
      const wasFull = sketch.counters.size >= sketch.capacity;
      sketch.counters.delete(counter.stems);
      orphaned.delete(counter);
      if (wasFull) sketch.capacity = Math.max(1, sketch.capacity - 1);
    }
  }
  return { orphaned: [...orphaned] };
}

/** A use that is not among those seen since the phrase took its place is among those that may have been missed before. */
function takeOne(counter: PhraseCounter, label: SentimentLabel): void {
  if (counter.sentiment[label] > 0) counter.sentiment[label]--;
  else if (counter.error > 0) counter.error--;
  else counter.sentiment[mostCommon(counter)]--;
  counter.count--;
}

const mostCommon = ({ sentiment }: PhraseCounter) =>
  [...SENTIMENT_LABELS].sort((a, b) => sentiment[b] - sentiment[a])[0]!;
