import type { Dispersion } from './dispersion.ts';
import {
  bisect,
  normalQuantile,
  normalTail,
  regularizedBeta,
  studentQuantile,
  studentTail,
} from './distributions.ts';

/** So many cases among so many. */
export interface Rate {
  count: number;
  of: number;
}

export interface RateRatio {
  /** two-sided, of equal rates */
  p: number;
  /** now ÷ before; null where there was none before */
  ratio: number | null;
  /** of 95 % confidence; an upper end that is not bounded is null */
  interval: [low: number, high: number | null];
}

const UNLIKELIEST = 1e-280;

/**
 * Compares the rate now with the rate before by the exact test that fits small counts: given how many cases there are in
 * all, those of now are binomial with the share of now in all feedback (Przyborowski and Wilenski, Biometrika 31, 1940),
 * taken at its mid-p (Lancaster, Journal of the American Statistical Association 56, 1961).
 *
 * Bursts are handled as Rao and Scott do (Biometrics 48, 1992): counts are divided by the dispersion, so that cases that
 * come together count as fewer. Binomial tails of broken counts are those of the incomplete beta function. Since the
 * dispersion is itself an estimate, the normal score of the mid-p is looked up in Student's distribution.
 */
export function rateRatio(now: Rate, before: Rate, { factors, df }: Dispersion): RateRatio {
  const [atNow, atBefore] = factors as [number, number];
  const [a, b] = [now.count / atNow, before.count / atBefore];
  const [ofNow, ofBefore] = [now.of / atNow, before.of / atBefore];
  const [including, excluding] = [regularizedBeta(a, b + 1), regularizedBeta(a + 1, b)];
  const upper = (share: number) => (including(share) + excluding(share)) / 2;
  const tail = upper(ofNow / (ofNow + ofBefore));
  const score = normalQuantile(Math.max(Math.min(tail, 1 - tail), UNLIKELIEST));
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
