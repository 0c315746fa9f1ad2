import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addUses,
  emptySketch,
  maxMissed,
  type PhraseSketch,
  type PhraseUse,
} from '../../../src/aggregates/discovery/phraseSketch.ts';
import { removeUses } from '../../../src/aggregates/discovery/removeUses.ts';
import { SENTIMENT_LABELS } from '../../../src/analysis/analysis.ts';

const phrases = fc.uniqueArray(
  fc.record({
    stems: fc.constantFrom(...'abcdefghijklmnop'),
    sentiment: fc.constantFrom(...SENTIMENT_LABELS),
  }),
  { minLength: 1, maxLength: 5, selector: ({ stems }) => stems },
);
/** Texts in the order of counting, in steps. Some are erased after a step. */
const texts = fc.array(fc.record({ phrases, isErased: fc.boolean() }), { minLength: 1, maxLength: 40 });

type Text = { id: string; isErased: boolean; uses: PhraseUse[] };
const usesOf = (all: { phrases: { stems: string; sentiment: PhraseUse['sentiment'] }[]; isErased: boolean }[]) =>
  all.map(({ phrases: said, isErased }, n): Text => {
    const id = `t${n}`;
    return { id, isErased, uses: said.map((use) => ({ ...use, id, written: use.stems, start: 0, end: 1 })) };
  });

function add(sketch: PhraseSketch, some: readonly Text[], step: number): void {
  for (let index = 0; index < some.length; index += step) {
    const now = some.slice(index, index + step);
    const uses = now.flatMap((text) => text.uses);
    addUses(sketch, uses, now.length);
  }
}

const stepAndCapacity = fc.record({
  step: fc.integer({ min: 1, max: 7 }),
  capacity: fc.integer({ min: 3, max: 10 }),
});

it('keeps the bounds of the remaining texts, even if a full sketch goes on counting', () => {
  fc.assert(
    fc.property(texts, texts, stepAndCapacity, (before, after, { step, capacity }) => {
      const all = usesOf([...before, ...after]);
      const [first, second] = [all.slice(0, before.length), all.slice(before.length)];
      const sketch = emptySketch(capacity);
      add(sketch, first, step);
      removeUses(
        sketch,
        first.filter(({ isErased }) => isErased),
      );
      const gone = first.filter(({ isErased }) => isErased).map(({ id }) => id);
      const check = (remaining: Text[]) => {
        expect(sketch.texts).toBe(remaining.length);
        for (const stems of 'abcdefghijklmnop') {
          const uses = remaining.filter((text) => text.uses.some((use) => use.stems === stems)).length;
          const counter = sketch.counters.get(stems);
          if (!counter) {
            if (sketch.counters.size > 0) expect(uses).toBeLessThanOrEqual(maxMissed(sketch));
            continue;
          }
          expect(counter.count).toBeGreaterThanOrEqual(uses);
          expect(counter.count - counter.error).toBeLessThanOrEqual(uses);
          const known = Object.values(counter.sentiment).reduce((sum, n) => sum + n, 0);
          expect(known).toBe(counter.count - counter.error);
          // A phrase without a certain use has no counter.
          expect(uses).toBeGreaterThan(0);
          for (const { id } of counter.examples) expect(gone).not.toContain(id);
        }
      };
      const remaining = first.filter(({ isErased }) => !isErased);
      check(remaining);
      // A sketch without counters starts again and does not know what it evicted.
      fc.pre(sketch.counters.size > 0 || remaining.length === 0);
      add(sketch, second, step);
      check([...remaining, ...second]);
    }),
    { numRuns: 2_000 },
  );
});

it('leaves a sketch that was never full as if the texts had not been added', () => {
  fc.assert(
    fc.property(texts, stepAndCapacity, (given, { step }) => {
      const all = usesOf(given);
      const [sketch, other] = [emptySketch(17), emptySketch(17)];
      add(sketch, all, step);
      removeUses(
        sketch,
        all.filter(({ isErased }) => isErased),
      );
      add(
        other,
        all.filter(({ isErased }) => !isErased),
        step,
      );
      const plain = ({ texts: seen, capacity, counters }: PhraseSketch) => ({
        seen,
        capacity,
        counters: [...counters.values()]
          .map(({ stems, count, error, sentiment }) => ({ stems, count, error, sentiment }))
          .sort((a, b) => (a.stems < b.stems ? -1 : 1)),
      });
      expect(plain(sketch)).toEqual(plain(other));
    }),
  );
});

it('returns the phrases that lost the example of their written form', () => {
  const sketch = emptySketch(5);
  const use = (id: string, written: string): PhraseUse => ({
    id,
    written,
    stems: 'a b',
    sentiment: 'neutral',
    start: 0,
    end: 1,
  });
  addUses(sketch, [use('x', 'a bs'), use('y', 'as b')], 2);
  expect(removeUses(sketch, [{ id: 'y', uses: [use('y', 'as b')] }])).toEqual([]);
  addUses(sketch, [use('z', 'as bs')], 1);
  const [orphan] = removeUses(sketch, [{ id: 'x', uses: [use('x', 'a bs')] }]);
  expect([orphan?.stems, orphan?.examples.map(({ id }) => id)]).toEqual(['a b', ['z']]);
});
