import { RATINGS } from '../contribution.ts';
import { LAST_AT } from './subjectBlock.ts';
import { CORE } from './subjectChange.ts';

export const RANKINGS = ['count', ...RATINGS, 'sentiment', 'lastAt', 'shortfall'] as const;
export type Ranking = (typeof RANKINGS)[number];

/** The order that is asked for, and the subjects in it. */
export interface RankQuestion {
  by: Ranking;
  order: 'highest' | 'lowest';
  /** min feedback of a subject */
  minCount: number;
  /** mean that a shortfall is measured against, in stars; 0 for other rankings */
  reference: number;
  /** with a shortfall: only ratings of feedback with this theme */
  theme?: string | undefined;
}

/** Columns that a ranking looks at, without those of themes. */
export function columnsFor(by: Ranking): number[] {
  if (by === 'count') return [CORE.n];
  if (by === 'lastAt') return [CORE.n, LAST_AT];
  const first = by === 'shortfall' ? CORE.overallRating : CORE[by];
  return [CORE.n, first, first + 1];
}

/**
 * The value that a row is ranked by: a count, a mean, a time in ms, or a shortfall: the stars that the overall ratings lack
 * to the reference, in total. Undefined without the figure.
 */
export function rankedValue(
  columns: readonly ArrayLike<number>[],
  row: number,
  by: Ranking,
  reference: number,
): number | undefined {
  if (by === 'count') return columns[CORE.n]![row]!;
  if (by === 'lastAt') return columns[LAST_AT]![row]!;
  const first = by === 'shortfall' ? CORE.overallRating : CORE[by];
  const count = columns[first]![row]!;
  if (count <= 0) return undefined;
  const sum = columns[first + 1]![row]!;
  return by === 'shortfall' ? count * reference - sum : sum / count;
}
