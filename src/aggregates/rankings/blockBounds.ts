import { type RankQuestion, rankedValue } from './rankedValue.ts';
import type { SubjectBlock } from './subjectBlock.ts';
import { CORE } from './subjectChange.ts';

/**
 * Bounds of the values in a block, so that a ranking reads only the blocks that can hold one of the best: for each class of
 * subjects by their number of feedback and each figure, the lowest and the highest value (zone map). A shortfall depends on
 * the reference. It is linear in it for each subject, so the highest is a convex function of the reference, and a chord
 * between two references lies above it.
 */
export type BlockBounds = Float64Array;

/** Min feedback of the subjects of each class. */
const CLASSES = [1, 2, 3, 5, 10, 30] as const;
const FIGURES = ['count', 'overallRating', 'uxRating', 'growMethodRating', 'sentiment', 'lastAt'] as const;
/** References of the bounds of shortfalls, in stars. */
const REFERENCES = [0, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5] as const;
const SHORTFALLS = CLASSES.length * FIGURES.length * 2;
/** Numbers in the bounds of a block. */
export const BOUNDS_LENGTH = SHORTFALLS + REFERENCES.length * 2;

/** Relative error that is allowed for in a bound between two references. */
const SLACK = 1e-9;

const [LOW, HIGH] = [0, 1];

export function boundsOf(block: Pick<SubjectBlock, 'ids' | 'columns'>): BlockBounds {
  const bounds = new Float64Array(BOUNDS_LENGTH);
  for (let index = 0; index < BOUNDS_LENGTH; index++)
    bounds[index] = index % 2 === LOW ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const include = (offset: number, value: number): void => {
    if (value < bounds[offset + LOW]!) bounds[offset + LOW] = value;
    if (value > bounds[offset + HIGH]!) bounds[offset + HIGH] = value;
  };
  const counts = block.columns[CORE.n]!;
  FIGURES.forEach((by, figure) => {
    for (let row = 0; row < counts.length; row++) {
      const value = rankedValue(block.columns, row, by, 0);
      if (value === undefined) continue;
      for (let group = 0; group < CLASSES.length && counts[row]! >= CLASSES[group]!; group++)
        include((group * FIGURES.length + figure) * 2, value);
    }
  });
  REFERENCES.forEach((reference, index) => {
    for (let row = 0; row < counts.length; row++) {
      const value = rankedValue(block.columns, row, 'shortfall', reference);
      if (value !== undefined) include(SHORTFALLS + index * 2, value);
    }
  });
  return bounds;
}

/** A value that no value of the block is better than; undefined if the block has none. */
export function bestBound(
  bounds: BlockBounds,
  { by, order, minCount, reference, theme }: RankQuestion,
): number | undefined {
  const side = order === 'highest' ? HIGH : LOW;
  // Bounds of a theme's shortfall would take as much room as its figures.
  if (theme !== undefined) return side === HIGH ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  if (by !== 'shortfall') {
    const group = CLASSES.findLastIndex((min) => min <= minCount);
    return finite(bounds[(group * FIGURES.length + FIGURES.indexOf(by)) * 2 + side]!);
  }
  const above = REFERENCES.findIndex((one) => one >= reference);
  const upper = above < 0 ? REFERENCES.length - 1 : above;
  const lower = Math.max(0, upper - 1);
  const at = (index: number) => bounds[SHORTFALLS + index * 2 + side]!;
  if (REFERENCES[upper] === reference) return finite(at(upper));
  // Rounding of the chord must not hide a value that lies on it.
  const slack = (side === HIGH ? 1 : -1) * SLACK;
  const share = (reference - REFERENCES[lower]!) / (REFERENCES[upper]! - REFERENCES[lower]!);
  const chord = at(lower) + share * (at(upper) - at(lower));
  return finite(chord + slack * (1 + Math.abs(chord)));
}

const finite = (value: number) => (Number.isFinite(value) ? value : undefined);
