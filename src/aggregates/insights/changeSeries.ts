import { SENTIMENT_LABELS } from '../../analysis/analysis.ts';
import { RATINGS, type RatingName } from '../contribution.ts';
import type { Delta } from '../delta.ts';
import type { Sums } from '../statistics/clusteredMean.ts';
import { type DaySeries, daySeries, type SeriesDay } from '../statistics/daySeries.ts';
import { themesIn } from '../themesIn.ts';

/** A figure that changes are searched in: the mean of a rating or of the sentiment, or the share of feedback with a theme. */
export interface FigureName {
  figure: RatingName | 'sentiment' | 'theme';
  /** set for `theme` only */
  theme?: string;
}

/** A figure by day. */
export interface FigureSeries extends FigureName {
  /** `YYYY-MM-DD` of each day with data */
  days: string[];
  series: DaySeries;
}

/** Min variance of one observation, so that equal ones are not certain: that of one rating in twenty, a star off. */
const MIN_VARIANCE = 0.05;
/** Scores are counted in thousandths. */
const SCORE_UNIT = 1_000;

/** The ratings, the sentiment and the shares of all themes, by day, each made when it is asked for. `days`: totals of days in order. */
export function* changeSeries(days: ReadonlyMap<string, Delta>): Generator<FigureSeries> {
  const names = [...days.keys()];
  const deltas = [...days.values()];
  const weekdays = names.map((day) => new Date(day).getUTCDay());
  const seriesOf = (name: FigureName, sumsOf: (delta: Delta) => Sums, variance: number): FigureSeries => {
    const filled: SeriesDay[] = [];
    const ofSeries: string[] = [];
    deltas.forEach((delta, index) => {
      const { count, sum } = sumsOf(delta);
      if (count <= 0) return;
      filled.push({ weekday: weekdays[index]!, count, sum });
      ofSeries.push(names[index]!);
    });
    return { ...name, days: ofSeries, series: daySeries(filled, variance, name.figure === 'theme') };
  };
  for (const figure of RATINGS) {
    const sumsOf = ratingSums(`r.${figure}`);
    yield seriesOf({ figure }, sumsOf, ratingVariance(deltas.map(sumsOf)));
  }
  yield seriesOf({ figure: 'sentiment' }, scoreSums, scoreVariance(deltas));
  for (const theme of themesIn(...deltas)) {
    const sumsOf = shareSums(theme);
    yield seriesOf({ figure: 'theme', theme }, sumsOf, shareVariance(deltas.map(sumsOf)));
  }
}

/** Number and sum of ratings, with the sum of their squares. The paths are built once for all days. */
export function ratingSums(path: string): (delta: Delta) => Sums & { squares: number } {
  const paths = [1, 2, 3, 4, 5].map((stars) => `${path}.${stars}`);
  return (delta) => {
    const sums = { count: 0, sum: 0, squares: 0 };
    paths.forEach((pathOfStars, index) => {
      const count = delta.get(pathOfStars) ?? 0;
      sums.count += count;
      sums.sum += count * (index + 1);
      sums.squares += count * (index + 1) ** 2;
    });
    return sums;
  };
}

/** Number of feedback, and of those with a theme. */
export function shareSums(theme: string): (delta: Delta) => Sums {
  const path = `t.${theme}.f`;
  return (delta) => ({ count: delta.get('n') ?? 0, sum: delta.get(path) ?? 0 });
}

/** Variance of ratings about the mean of their day. */
function ratingVariance(days: readonly (Sums & { squares: number })[]): number {
  let [squares, df] = [0, 0];
  for (const day of days) {
    if (day.count === 0) continue;
    squares += day.squares - day.sum ** 2 / day.count;
    df += day.count - 1;
  }
  return Math.max(MIN_VARIANCE, df > 0 ? squares / df : 1);
}

const SCORED_PATHS = SENTIMENT_LABELS.map((label) => `s.${label}`);

/** Number of scored texts, and the sum of their scores, −1 to 1. */
export function scoreSums(delta: Delta): Sums {
  const count = SCORED_PATHS.reduce((sum, path) => sum + (delta.get(path) ?? 0), 0);
  return { count, sum: (delta.get('s.sum') ?? 0) / SCORE_UNIT };
}

/**
 * Half of the largest possible variance of the scores, which is reached if all polar texts score −1 or 1. Sums of squares are not
 * counted. The value decides how days weigh; their dispersion is measured.
 */
function scoreVariance(deltas: readonly Delta[]): number {
  let [count, polar, sum] = [0, 0, 0];
  for (const delta of deltas) {
    const own = scoreSums(delta);
    count += own.count;
    sum += own.sum;
    polar += (delta.get('s.positive') ?? 0) + (delta.get('s.negative') ?? 0);
  }
  return Math.max(MIN_VARIANCE / 2, count > 0 ? (polar / count - (sum / count) ** 2) / 2 : 1);
}

/** Variance of having the theme, with at least one feedback that has it and one that has not. */
function shareVariance(days: readonly Sums[]): number {
  const count = days.reduce((total, day) => total + day.count, 0);
  const cases = days.reduce((total, day) => total + day.sum, 0);
  const share = Math.max(1, Math.min(cases, count)) / (count + 1);
  return share * (1 - share);
}
