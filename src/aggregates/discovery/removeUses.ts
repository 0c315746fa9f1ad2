import { SENTIMENT_LABELS, type SentimentLabel } from '../../analysis/analysis.ts';
import type { PhraseCounter, PhraseSketch } from './phraseSketch.ts';

/** A text to remove, with the uses that were counted. */
export interface CountedText {
  id: string;
  uses: readonly { stems: string; sentiment: SentimentLabel }[];
}

/**
 * Removes texts from a sketch, in place.
 *
 * A sketch with a free counter has never evicted a phrase. It becomes what it would be without the texts, except for lost
 * examples and written forms, which are not replaced.
 *
 * In a full sketch a removed use raises `error` instead of lowering `count`: the min count bounds the uses of evicted phrases.
 * So the bounds of `addUses` still hold.
 *
 * A phrase without a certain use (`count` = `error`) loses its counter. A full sketch also loses the capacity for it: in a free
 * counter the next phrase would seem never to have been evicted. The capacity stays at least 1.
 *
 * @returns the phrases that lost the example that their written form is from
 */
export function removeUses(sketch: PhraseSketch, texts: readonly CountedText[]): PhraseCounter[] {
  const orphaned = new Set<PhraseCounter>();
  for (const { id, uses } of texts) {
    sketch.texts = Math.max(0, sketch.texts - 1);
    const labels = new Map(uses.map(({ stems, sentiment }) => [stems, sentiment]));
    for (const counter of [...sketch.counters.values()]) {
      const isFull = sketch.counters.size >= sketch.capacity;
      const exampleIndex = counter.examples.findIndex((example) => example.id === id);
      const label = labelOf(counter, labels.get(counter.stems), exampleIndex >= 0);
      if (label === undefined) continue;
      counter.sentiment[label]--;
      if (isFull) counter.error++;
      else counter.count--;
      if (exampleIndex >= 0) counter.examples.splice(exampleIndex, 1);
      if (exampleIndex === 0) orphaned.add(counter);
      if (counter.count > counter.error) continue;
      sketch.counters.delete(counter.stems);
      orphaned.delete(counter);
      if (isFull) sketch.capacity = Math.max(1, sketch.capacity - 1);
    }
  }
  return [...orphaned];
}

/**
 * The sentiment that a text was counted with. Undefined if the counter does not count it: it has no such phrase, or the phrase
 * got the counter later. An example is always counted, even if its text was analysed again since.
 */
function labelOf(
  { sentiment }: PhraseCounter,
  label: SentimentLabel | undefined,
  isExample: boolean,
): SentimentLabel | undefined {
  if (label !== undefined && sentiment[label] > 0) return label;
  return isExample ? [...SENTIMENT_LABELS].sort((a, b) => sentiment[b] - sentiment[a])[0] : undefined;
}
