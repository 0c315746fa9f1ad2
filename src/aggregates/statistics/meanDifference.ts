import type { Delta } from '../delta.ts';
import { studentQuantile, studentTail } from './distributions.ts';

/** Number of ratings of 1, 2, 3, 4 and 5. */
export type Histogram = [number, number, number, number, number];

export interface MeanDifference {
  /** mean of the first − mean of the second, in points of the scale */
  difference: number;
  /** 95 % confidence interval, by Welch */
  interval: [low: number, high: number];
  /** two-sided p of equal means, by Student, 0 to 1 */
  p: number;
}

export function histogramAt(delta: Delta, path: string): Histogram {
  return [1, 2, 3, 4, 5].map((stars) => delta.get(`${path}.${stars}`) ?? 0) as Histogram;
}

export function ratingsIn(histogram: readonly number[]): number {
  return histogram.reduce((sum, count) => sum + count, 0);
}

/** The mean rating, or NaN without ratings. */
export function meanOf(histogram: readonly number[]): number {
  return histogram.reduce((sum, count, index) => sum + count * (index + 1), 0) / ratingsIn(histogram);
}

/**
 * The difference of two mean ratings. Both sides need at least two ratings.
 *
 * The interval allows unequal variances (Welch, Biometrika 34, 1947), with the degrees of freedom of Satterthwaite (Biometrics
 * Bulletin 2, 1946). The p value uses the pooled variance (Student): ratings are skewed, and with the variance of a small group
 * alone p ≤ 0.0025 would occur four times as often as it should.
 *
 * Ratings that are all equal have no variance, although the next one may differ. A variance is therefore at least that of one
 * rating that is one star off.
 */
export function meanDifference(a: readonly number[], b: readonly number[]): MeanDifference {
  const [ratedA, ratedB] = [ratingsIn(a), ratingsIn(b)];
  const [varianceA, varianceB] = [varianceOf(a), varianceOf(b)];
  const [errorA, errorB] = [varianceA / ratedA, varianceB / ratedB];
  const difference = meanOf(a) - meanOf(b);
  const df = (errorA + errorB) ** 2 / (errorA ** 2 / (ratedA - 1) + errorB ** 2 / (ratedB - 1));
  const margin = studentQuantile(0.025, df) * Math.sqrt(errorA + errorB);
  const pooledDf = ratedA + ratedB - 2;
  const pooledVariance = ((ratedA - 1) * varianceA + (ratedB - 1) * varianceB) / pooledDf;
  const score = Math.abs(difference) / Math.sqrt(pooledVariance / ratedA + pooledVariance / ratedB);
  return { difference, interval: [difference - margin, difference + margin], p: 2 * studentTail(score, pooledDf) };
}

function varianceOf(histogram: readonly number[]): number {
  const [rated, mean] = [ratingsIn(histogram), meanOf(histogram)];
  const squares = histogram.reduce((sum, count, index) => sum + count * (index + 1 - mean) ** 2, 0);
  return Math.max(squares / (rated - 1), 1 / rated);
}
