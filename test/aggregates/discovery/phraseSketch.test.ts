import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packSketch, unpackSketch } from '../../../src/aggregates/discovery/packSketch.ts';
import { addUses, emptySketch, maxMissed, type PhraseUse } from '../../../src/aggregates/discovery/phraseSketch.ts';
import { logLikelihood } from '../../../src/aggregates/statistics/logLikelihood.ts';

const use = (stems: string, n: number): PhraseUse => ({
  stems,
  written: stems,
  id: `f-${n}`,
  start: 0,
  end: 5,
  sentiment: n % 3 === 0 ? 'negative' : 'positive',
});
const wordsOf = fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 }), { maxLength: 12 });

describe('a sketch of phrases', () => {
  it('has an error within its own bound and within uses ÷ capacity', () => {
    fc.assert(
      fc.property(wordsOf, fc.integer({ min: 1, max: 20 }), (batches, capacity) => {
        const sketch = emptySketch(capacity);
        const truth = new Map<string, number>();
        let all = 0;
        for (const batch of batches) {
          addUses(
            sketch,
            batch.map((word) => use(`w${word}`, all++)),
            batch.length,
          );
          for (const word of batch) truth.set(`w${word}`, (truth.get(`w${word}`) ?? 0) + 1);
        }
        expect(sketch.counters.size).toBeLessThanOrEqual(capacity);
        expect(sketch.texts).toBe(all);
        for (const { stems, count, error, sentiment, examples } of sketch.counters.values()) {
          expect(count).toBeGreaterThanOrEqual(truth.get(stems)!);
          expect(count - error).toBeLessThanOrEqual(truth.get(stems)!);
          expect(error).toBeLessThanOrEqual(all / capacity);
          expect(Object.values(sentiment).reduce((sum, n) => sum + n, 0)).toBe(count - error);
          expect(examples.length).toBeLessThanOrEqual(2);
        }
        for (const [word, count] of truth)
          if (!sketch.counters.has(word)) expect(count).toBeLessThanOrEqual(maxMissed(sketch));
        expect(maxMissed(sketch)).toBeLessThanOrEqual(all / capacity);
        expect(unpackSketch(packSketch(sketch), sketch.texts, capacity)).toEqual(sketch);
      }),
      { numRuns: 300 },
    );
  });

  it('is exact while it has free counters', () => {
    const sketch = emptySketch(10);
    for (let n = 0; n < 1_000; n++) addUses(sketch, [use(`w${n % 10}`, n)], 1);
    for (const { count, error } of sketch.counters.values()) expect([count, error]).toEqual([100, 0]);
    expect(maxMissed(sketch)).toBe(100);
  });

  it('finds frequent phrases in an endless stream of new words, in bounded memory', () => {
    const sketch = emptySketch(300);
    let largest = 0;
    for (let n = 0; n < 400; n++) {
      const uses = Array.from({ length: 250 }, (_, k) =>
        use(k % 25 === 0 ? 'needle' : `${n}-${k} word never seen again`, n),
      );
      addUses(sketch, uses, 250);
      largest = Math.max(largest, packSketch(sketch).length);
    }
    // 4,000 of 100,000
    const needle = sketch.counters.get('needle')!;
    expect(needle.count - needle.error).toBeLessThanOrEqual(4_000);
    expect(needle.count).toBeGreaterThanOrEqual(4_000);
    expect(needle.error).toBeLessThanOrEqual(100_000 / 300);
    expect(largest).toBeLessThan(50_000);
  });
});

describe('the log-likelihood ratio', () => {
  it('is 2 Σ observed × ln (observed ÷ expected), with a sign', () => {
    expect(logLikelihood(10, 100, 0, 100)).toBeCloseTo(
      2 * (10 * Math.log(2) + 90 * Math.log(90 / 95) + 100 * Math.log(100 / 95)),
      10,
    );
    expect(logLikelihood(0, 100, 10, 100)).toBeCloseTo(-logLikelihood(10, 100, 0, 100), 10);
    expect(logLikelihood(5, 100, 50, 1_000)).toBeCloseTo(0, 10);
    expect(logLikelihood(0, 0, 5, 10)).toBe(0);
  });
});
