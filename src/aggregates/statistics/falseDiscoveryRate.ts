/**
 * The q of each p, in the same order: the least share of false discoveries at which this one is among those found. Of all
 * that are taken at q ≤ 0.05, 5 % at most are false in the mean; where nothing is there to be found, anything is taken in
 * 5 % of the cases at most. Benjamini and Hochberg (Journal of the Royal Statistical Society B 57, 1995); it holds for
 * tests that are independent or depend positively (Benjamini and Yekutieli, Annals of Statistics 29, 2001).
 */
export function qValues(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((a, b) => ps[b]! - ps[a]!);
  const qs = new Array<number>(ps.length);
  let least = 1;
  order.forEach((index, fromEnd) => {
    least = Math.min(least, (ps[index]! * ps.length) / (ps.length - fromEnd));
    qs[index] = least;
  });
  return qs;
}
