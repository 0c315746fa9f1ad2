/** Max share of false discoveries among the findings of one response, 0 to 1. */
export const FALSE_DISCOVERY_RATE = 0.05;

/**
 * The q value of each p value, in the same order: the lowest false discovery rate at which the test is significant. On average
 * at most 5 % of the tests with q ≤ 0.05 are false discoveries. The procedure is that of Benjamini and Hochberg (Journal of the
 * Royal Statistical Society B 57, 1995). It is valid for tests that are independent or positively dependent (Benjamini and
 * Yekutieli, Annals of Statistics 29, 2001).
 */
export function qValues(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((a, b) => ps[b]! - ps[a]!);
  const qs = new Array<number>(ps.length);
  let minQ = 1;
  order.forEach((index, fromEnd) => {
    minQ = Math.min(minQ, (ps[index]! * ps.length) / (ps.length - fromEnd));
    qs[index] = minQ;
  });
  return qs;
}
