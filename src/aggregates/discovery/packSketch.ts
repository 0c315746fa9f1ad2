import { SENTIMENT_LABELS } from '../../analysis/analysis.ts';
import { emptySketch, noSentiment, type PhraseExample, type PhraseSketch } from './phraseSketch.ts';

type Row = [
  stems: string,
  written: string,
  count: number,
  error: number,
  sentiment: number[],
  examples: [string, number, number][],
];

/** A sketch as text: read several times as fast as a document of some thousand small values. */
export function packSketch({ counters }: PhraseSketch): string {
  const rows = [...counters.values()].map(
    ({ stems, written, count, error, sentiment, examples }): Row => [
      stems,
      written,
      count,
      error,
      SENTIMENT_LABELS.map((label) => sentiment[label]),
      examples.map(({ id, start, end }) => [id, start, end]),
    ],
  );
  return JSON.stringify(rows);
}

export function unpackSketch(packed: string, texts: number, capacity: number): PhraseSketch {
  const sketch = { ...emptySketch(capacity), texts };
  for (const [stems, written, count, error, counts, examples] of JSON.parse(packed) as Row[]) {
    const sentiment = noSentiment();
    SENTIMENT_LABELS.forEach((label, at) => {
      sentiment[label] = counts[at] ?? 0;
    });
    const placed = examples.map(([id, start, end]): PhraseExample => ({ id, start, end }));
    sketch.counters.set(stems, { stems, written, count, error, sentiment, examples: placed });
  }
  return sketch;
}
