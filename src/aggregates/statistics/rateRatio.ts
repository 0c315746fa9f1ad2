import type { Dispersion } from './dispersion.ts';
import { bisect, normalQuantile, normalTail, regularizedBeta, studentQuantile, studentTail } from './distributions.ts';

/** A rate: `count` cases among `of` feedback. */
export interface Rate {
  count: number;
  of: number;
}

/** Min ratio of two rates that is reported. A smaller change may be certain, but it is not news. */
export const MIN_RATIO = 1.25;

export interface RateRatio {
  /** two-sided p of equal rates, 0 to 1 */
  p: number;
  /** rate now ÷ rate before; null if there was none before */
  ratio: number | null;
  /** 95 % confidence interval; null at the upper end means unbounded */
  interval: [low: number, high: number | null];
}

/** Min tail probability, so that its normal score is finite. */
const MIN_TAIL = 1e-280;

/**
 * Compares two rates by the conditional exact test, which is valid for small counts. Given the number of all cases, the cases now
 * are binomial with the share of feedback now (Przyborowski and Wilenski, Biometrika 31, 1940). The tail is the mid-p
 * (Lancaster, Journal of the American Statistical Association 56, 1961).
 *
 * Counts are divided by the dispersion, so that a burst counts as fewer cases (Rao and Scott, Biometrics 48, 1992). Binomial
 * tails of fractional counts are those of the incomplete beta function. The dispersion is itself an estimate, so the normal
 * score of the mid-p is compared with Student's distribution.
 */
export function rateRatio(now: Rate, before: Rate, { factors, df }: Dispersion): RateRatio {
  const [factorNow, factorBefore] = factors as [number, number];
  const [a, b] = [now.count / factorNow, before.count / factorBefore];
  const [ofNow, ofBefore] = [now.of / factorNow, before.of / factorBefore];
  const [including, excluding] = [regularizedBeta(a, b + 1), regularizedBeta(a + 1, b)];
  const upper = (share: number) => (including(share) + excluding(share)) / 2;
  const tail = upper(ofNow / (ofNow + ofBefore));
  const score = normalQuantile(Math.max(Math.min(tail, 1 - tail), MIN_TAIL));
  const bound = normalTail(studentQuantile(0.025, df));
  const ratioAt = (share: number) => ((share / (1 - share)) * ofBefore) / ofNow;
  return {
    p: Math.min(1, 2 * studentTail(score, df)),
    ratio: before.count > 0 ? now.count / now.of / (before.count / before.of) : null,
    interval: [
      now.count > 0 ? ratioAt(bisect((share) => upper(share) < bound, 0, 1)) : 0,
      before.count > 0 ? ratioAt(bisect((share) => 1 - upper(share) > bound, 0, 1)) : null,
    ],
  };
}
