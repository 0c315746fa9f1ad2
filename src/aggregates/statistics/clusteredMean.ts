import { studentQuantile, studentTail } from './distributions.ts';

/** Observations: their number and the sum of their values. */
export interface Sums {
  count: number;
  sum: number;
}

/** A mean with its uncertainty. */
export interface Estimate {
  count: number;
  mean: number;
  /** variance of one observation, so that `variance` ÷ `count` is that of the mean */
  variance: number;
  /** 0 if nothing says how uncertain the mean is */
  df: number;
}

/**
 * A mean over days. Feedback of one day is alike, so days count as clusters: the variance is that of a ratio of sums over days
 * (Cochran, Sampling Techniques, 1977, 2.11), and at least that of independent observations. One day says nothing of how days
 * differ, and few days little: `df` counts days.
 *
 * @param variance of one observation if all were independent, over 0
 * @param days all days, or some of them; undefined if only the total is known
 */
export function clusteredMean({ count, sum }: Sums, variance: number, days?: readonly Sums[]): Estimate {
  const mean = sum / count;
  if (!days) return { count, mean, variance, df: Math.max(1, count - 1) };
  const filled = days.filter((day) => day.count > 0);
  const df = filled.length - 1;
  if (df < 1) return { count, mean, variance, df: 0 };
  const ofDays = filled.reduce((total, day) => ({ count: total.count + day.count, sum: total.sum + day.sum }));
  const meanOfDays = ofDays.sum / ofDays.count;
  const squares = filled.reduce((total, day) => total + (day.sum - meanOfDays * day.count) ** 2, 0);
  const clustered = (filled.length / df) * (squares / ofDays.count);
  return { count, mean, variance: Math.max(variance, clustered), df };
}

export interface Difference {
  /** mean of the second − mean of the first */
  difference: number;
  /** 95 % confidence interval, by Welch */
  interval: [low: number, high: number];
  /** two-sided p of equal means, 0 to 1 */
  p: number;
}

/**
 * The difference of two means, with the degrees of freedom of Satterthwaite (Biometrics Bulletin 2, 1946). The p value uses the
 * larger of the own variances and the pooled one: with few skewed ratings, a small variance is often too small.
 */
export function differenceOf(a: Estimate, b: Estimate): Difference {
  const [errorA, errorB] = [a.variance / a.count, b.variance / b.count];
  const error = errorA + errorB;
  const df = error ** 2 / (errorA ** 2 / a.df + errorB ** 2 / b.df);
  const pooled = (a.variance * a.count + b.variance * b.count) / (a.count + b.count);
  const pooledError = pooled / a.count + pooled / b.count;
  const difference = b.mean - a.mean;
  const margin = studentQuantile(0.025, df) * Math.sqrt(error);
  const score = Math.abs(difference) / Math.sqrt(Math.max(error, pooledError));
  return { difference, interval: [difference - margin, difference + margin], p: 2 * studentTail(score, df) };
}
