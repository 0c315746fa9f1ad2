import { normalTail } from './distributions.ts';

/** Below this score the approximation does not hold, and a change is not worth a look. */
const MIN_SCORE = 2;

/**
 * P(the largest |Z| over all splits ≥ z): the p value of a change whose position was searched for. Z compares the two sides of
 * a split and is normal if nothing changes. `first` and `last` are the shares of all weight before the first and the last split
 * that were looked at, 0 to 1; `splits` is their number.
 *
 * The approximation is that of a continuous time (Miller and Siegmund, Biometrics 38, 1982), which is the larger one for days.
 * With few splits Bonferroni's bound is closer. 1 for z below 2.
 */
export function maximumTail(
  z: number,
  { first, last, splits }: { first: number; last: number; splits: number },
): number {
  if (!(z >= MIN_SCORE) || splits < 1) return 1;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const odds = (last * (1 - first)) / ((1 - last) * first);
  const continuous = density * (4 / z + (z - 1 / z) * Math.log(Math.max(1, odds)));
  return Math.min(1, continuous, splits * 2 * normalTail(z));
}
