import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createBestRows, type RankedId } from '../../../src/aggregates/rankings/bestRows.ts';
import { bestBound, boundsOf } from '../../../src/aggregates/rankings/blockBounds.ts';
import { compareIds } from '../../../src/aggregates/rankings/compareIds.ts';
import { RANKINGS, type RankQuestion } from '../../../src/aggregates/rankings/rankedValue.ts';
import {
  addChanges,
  type BlockChange,
  emptyBlock,
  packBlock,
  type SubjectBlock,
  splitBlock,
  unpackBlock,
} from '../../../src/aggregates/rankings/subjectBlock.ts';

const ids = fc.constantFrom('a', 'b', 'c', 'd', 'é', '\ue000', '😀', 'zz', 'z-1', 'z-10', 'z-2');
const counts = fc.integer({ min: 0, max: 300 });
const pairs = (name: fc.Arbitrary<string>, width: number) =>
  fc.uniqueArray(fc.tuple(name, ...Array.from({ length: width }, () => fc.integer({ min: 1, max: 9 }))), {
    maxLength: 3,
    selector: ([key]) => key,
  });
const change: fc.Arbitrary<BlockChange> = fc
  .record({
    id: ids,
    n: fc.integer({ min: 1, max: 40 }),
    rated: counts,
    stars: fc.integer({ min: 1, max: 5 }),
    score: fc.integer({ min: -70_000, max: 70_000 }),
    lastAt: fc.integer({ min: 1, max: 2 ** 42 }),
    themes: pairs(fc.constantFrom('performance', 'price', 'coach'), 2),
    answers: pairs(fc.constantFrom('Yes', 'No', '%other'), 1),
  })
  .map(({ id, n, rated, stars, score, lastAt, themes, answers }) => ({
    ...{ id, lastAt, themes: themes as BlockChange['themes'], answers: answers as BlockChange['answers'] },
    sums: [n, rated, rated * stars, 0, 0, n, n * stars, n, score],
  }));

const opposite = ({ id, sums, themes, answers }: BlockChange): BlockChange => ({
  ...{ id, lastAt: 0, sums: sums.map((value) => -value) },
  themes: themes.map(([name, ...values]) => [name, ...values.map((value) => -value)] as [string, number, number]),
  answers: answers.map(([name, value]) => [name, -value]),
});

/** Changes of storing, of removal, and of re-analysis, which leaves the number of feedback as it is. */
const anyChange = fc.oneof(
  change,
  change.map((one) => ({ ...opposite(one), lastAt: one.lastAt })),
  change.map(({ sums, ...one }) => ({ ...one, sums: [0, ...sums.slice(1)] })),
);

/** Adds one change at a time. */
const blockOf = (changes: readonly BlockChange[]) =>
  changes.reduce((block, one) => addChanges(block, [one]), emptyBlock());

/** In a form that can be compared. */
function plain(block: SubjectBlock) {
  const sparse = (all: SubjectBlock['themes']) =>
    [...all]
      .map(([name, { rows, columns }]) => [name, Array.from(rows), columns.map((column) => Array.from(column))])
      .sort();
  return {
    ids: block.ids,
    columns: block.columns.map((column) => Array.from(column)),
    themes: sparse(block.themes),
    answers: sparse(block.answers),
  };
}

/** A subject that has no feedback for a moment loses its time. It is read again if a removal may have taken the latest. */
const withoutTimes = (one: SubjectBlock) => ({ ...plain(one), columns: plain(one).columns.slice(0, -1) });

describe('a block of subjects', () => {
  it('is the same for changes in any order, packed or not, and keeps ids in the order of MongoDB', () => {
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 20 }), fc.infiniteStream(fc.nat()), (changes, random) => {
        const block = blockOf(changes);
        const shuffled = changes
          .map((one) => ({ one, at: random.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
        expect(withoutTimes(blockOf(shuffled))).toEqual(withoutTimes(block));
        expect(plain(unpackBlock(packBlock(block)))).toEqual(plain(block));
        const sorted = [...block.ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(block.ids).toEqual(sorted);
      }),
    );
  });

  it('is what it was after changes were taken back, and without subjects that have none', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 10 }), fc.array(change, { maxLength: 10 }), (kept, undone) => {
        const block = undone.reduce((rest, one) => addChanges(rest, [opposite(one)]), blockOf([...kept, ...undone]));
        const expected = blockOf(kept);
        expect(withoutTimes(block)).toEqual(withoutTimes(expected));
      }),
    );
  });

  it('takes the latest time that is given, in place of the one it has', () => {
    const [first] = fc.sample(change, 1) as [BlockChange];
    const block = addChanges(blockOf([first]), [
      { id: first.id, sums: [], lastAt: 0, themes: [], answers: [], latest: 7 },
    ]);
    expect(block.columns.at(-1)![0]).toBe(7);
  });

  it('is the sum of its pieces', () => {
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        (changes, count) => {
          const block = blockOf(changes);
          const pieces = splitBlock(block, count);
          expect(pieces).toHaveLength(Math.min(count, block.ids.length));
          expect(pieces.flatMap((piece) => piece.ids)).toEqual(block.ids);
          for (const piece of pieces) {
            expect(piece.ids.length).toBeLessThanOrEqual(Math.ceil(block.ids.length / count));
            const own = changes.filter(({ id }) => piece.ids.includes(id));
            expect(plain(piece)).toEqual(plain(blockOf(own)));
          }
        },
      ),
    );
  });
});

const question: fc.Arbitrary<RankQuestion> = fc
  .record({
    by: fc.constantFrom(...RANKINGS),
    order: fc.constantFrom('highest' as const, 'lowest' as const),
    minCount: fc.integer({ min: 1, max: 60 }),
    reference: fc.double({ min: 1, max: 5, noNaN: true }),
    theme: fc.option(fc.constantFrom('performance', 'price'), { nil: undefined }),
  })
  .map((one) => (one.by === 'shortfall' ? one : { ...one, reference: 0, theme: undefined }));

describe('a ranking of blocks', () => {
  it('finds the best after any position, reading only blocks whose bounds are not decided', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 40 }),
        question,
        fc.integer({ min: 1, max: 5 }),
        fc.nat(),
        (changes, asked, limit, position) => {
          const whole = blockOf(changes);
          const all = createBestRows(asked, 1_000, undefined);
          all.add(ranked(whole, asked));
          const expected = bruteForce(changes, asked);
          expect(all.items()).toEqual(expected);
          const after = expected.length > 0 ? expected[position % expected.length] : undefined;
          const best = createBestRows(asked, limit, after);
          const direction = asked.order === 'highest' ? -1 : 1;
          const blocks = splitBlock(whole, Math.ceil(whole.ids.length / 2))
            .map((block) => ({ block, bound: bestBound(boundsOf(block), asked) }))
            .filter(({ bound }) => bound !== undefined)
            .sort((a, b) => (a.bound === b.bound ? 0 : direction * (a.bound! - b.bound!)));
          for (const { block, bound } of blocks) {
            if (best.isDecided(bound!, block.ids[0] ?? '')) break;
            best.add(ranked(block, asked));
          }
          const from = after ? expected.findIndex(({ id }) => id === after.id) + 1 : 0;
          expect(best.items()).toEqual(expected.slice(from, from + limit));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

const ranked = (block: SubjectBlock, { theme }: RankQuestion) => ({
  ids: () => block.ids,
  columns: block.columns,
  theme: theme === undefined ? undefined : block.themes.get(theme),
});

/** The whole ranking, from the sums of the changes. */
function bruteForce(
  changes: readonly BlockChange[],
  { by, order, minCount, reference, theme }: RankQuestion,
): RankedId[] {
  const COLUMN = {
    overallRating: 1,
    shortfall: 1,
    uxRating: 3,
    growMethodRating: 5,
    sentiment: 7,
    count: 0,
    lastAt: 0,
  };
  const subjects = [...new Set(changes.map(({ id }) => id))].map((id) => {
    const own = changes.filter((one) => one.id === id);
    const total = (part: (one: BlockChange) => number) => own.reduce((sum, one) => sum + part(one), 0);
    const at = (column: number) => total(({ sums }) => sums[column]!);
    const ofTheme = (index: 1 | 2) =>
      total(({ themes }) => themes.filter(([name]) => name === theme).reduce((sum, one) => sum + one[index], 0));
    const [count, sum] = theme === undefined ? [at(COLUMN[by]), at(COLUMN[by] + 1)] : [ofTheme(1), ofTheme(2)];
    const latest = Math.max(...own.map(({ lastAt }) => lastAt));
    const value =
      by === 'count'
        ? at(0)
        : by === 'lastAt'
          ? latest
          : count === 0
            ? undefined
            : by === 'shortfall'
              ? count * reference - sum
              : sum / count;
    return { id, n: at(0), value };
  });
  return subjects
    .filter((one): one is { id: string; n: number; value: number } => one.n >= minCount && one.value !== undefined)
    .sort((a, b) => (order === 'highest' ? -1 : 1) * (a.value - b.value) || compareIds(a.id, b.id))
    .map(({ id, value }) => ({ id, value }));
}
