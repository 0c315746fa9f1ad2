import { SENTIMENT_LABELS, type SentimentLabel } from '../../analysis/analysis.ts';
import type { PhraseCounter, PhraseSketch } from './phraseSketch.ts';

/** What one text said, as it was counted. */
export interface CountedText {
  id: string;
  uses: readonly { stems: string; sentiment: SentimentLabel }[];
}

/**
 * Takes texts back out of a sketch, in place. A sketch that has a place free has never evicted anything, and is then what it
 * would be without them, but for examples and the way a phrase is written, which are not made up for.
 *
 * In a full one a use that is taken back becomes one that may be wrong: counts stay where they are, since the least of them
 * bounds what was evicted, and `count − error` falls. So the bounds of `addUses` hold for what is left.
 *
 * A phrase that nobody is known to have said any more goes. Where the sketch was full its place goes too: in a free place the
 * next phrase would be taken for one that was never missed. (One that loses every phrase begins anew.)
 *
 * @returns the phrases that have lost the example that they are written like
 */
export function removeUses(sketch: PhraseSketch, texts: readonly CountedText[]): PhraseCounter[] {
  const orphaned = new Set<PhraseCounter>();
  for (const { id, uses } of texts) {
    sketch.texts = Math.max(0, sketch.texts - 1);
    const labels = new Map(uses.map(({ stems, sentiment }) => [stems, sentiment]));
    for (const counter of [...sketch.counters.values()]) {
      const isFull = sketch.counters.size >= sketch.capacity;
      const example = counter.examples.findIndex((one) => one.id === id);
      const label = labelOf(counter, labels.get(counter.stems), example >= 0);
      if (label === undefined) continue;
      counter.sentiment[label]--;
      if (isFull) counter.error++;
      else counter.count--;
      if (example >= 0) counter.examples.splice(example, 1);
      if (example === 0) orphaned.add(counter);
      if (counter.count > counter.error) continue;
      sketch.counters.delete(counter.stems);
      orphaned.delete(counter);
      if (isFull) sketch.capacity = Math.max(1, sketch.capacity - 1);
    }
  }
  return [...orphaned];
}

/**
 * The sentiment that a text was counted with; none where it was not: before the phrase took its place, or without the
 * phrase. An example was counted, whatever its text says by now.
 */
function labelOf(
  { sentiment }: PhraseCounter,
  label: SentimentLabel | undefined,
  isExample: boolean,
): SentimentLabel | undefined {
  if (label !== undefined && sentiment[label] > 0) return label;
  return isExample ? [...SENTIMENT_LABELS].sort((a, b) => sentiment[b] - sentiment[a])[0] : undefined;
}
