import { studentQuantile, studentTail } from './distributions.ts';

/** How many gave 1, 2, 3, 4 and 5. */
export type Histogram = readonly number[];

export interface MeanDifference {
  /** mean of the first less mean of the second, in points of the scale */
  difference: number;
  /** of 95 % confidence, by Welch */
  interval: [low: number, high: number];
  /** two-sided, of both sides being drawn from the same ratings, by Student */
  p: number;
}

export function ratingsIn(histogram: Histogram): number {
  return histogram.reduce((sum, count) => sum + count, 0);
}

/** NaN without ratings. */
export function meanOf(histogram: Histogram): number {
  return histogram.reduce((sum, count, index) => sum + count * (index + 1), 0) / ratingsIn(histogram);
}

/**
 * The difference of two means. Its interval allows the two sides to vary differently, after Welch (Biometrika 34, 1947)
 * with the degrees of freedom of Satterthwaite (Biometrics Bulletin 2, 1946). Its p asks whether there is any difference
 * at all, and so takes the variance from both sides together (Student): ratings crowd at one end of the scale, and the
 * variance of a few of them alone makes p ≤ 0.0025 come up four times as often as it should. Both sides need two ratings
 * at least.
 *
 * People who all give the same rating have no variance, but the next one may well give another. A variance therefore
 * counts as no less than it would be had one of them chosen the next star.
 */
export function meanDifference(a: Histogram, b: Histogram): MeanDifference {
  const [ratedA, ratedB] = [ratingsIn(a), ratingsIn(b)];
  const [varianceA, varianceB] = [varianceOf(a), varianceOf(b)];
  const [errorA, errorB] = [varianceA / ratedA, varianceB / ratedB];
  const difference = meanOf(a) - meanOf(b);
  const df = (errorA + errorB) ** 2 / (errorA ** 2 / (ratedA - 1) + errorB ** 2 / (ratedB - 1));
  const reach = studentQuantile(0.025, df) * Math.sqrt(errorA + errorB);
  const dfInAll = ratedA + ratedB - 2;
  const variance = ((ratedA - 1) * varianceA + (ratedB - 1) * varianceB) / dfInAll;
  const score = Math.abs(difference) / Math.sqrt(variance / ratedA + variance / ratedB);
  return {
    difference,
    interval: [difference - reach, difference + reach],
    p: 2 * studentTail(score, dfInAll),
  };
}

function varianceOf(histogram: Histogram): number {
  const [rated, mean] = [ratingsIn(histogram), meanOf(histogram)];
  const squares = histogram.reduce((sum, count, index) => sum + count * (index + 1 - mean) ** 2, 0);
  return Math.max(squares / (rated - 1), 1 / rated);
}
