/**
 * The log-likelihood ratio G² of a 2 × 2 table (G-test): `a` of `ofA` against `b` of `ofB` (Dunning, Computational Linguistics
 * 19, 1993). It is valid for rare events, too. Its distribution is χ² with one degree of freedom: 15.13 is p = 0.0001. The sign
 * is negative if the first rate is the lower one. 0 if a total is 0, or if no case or every case occurs.
 */
export function logLikelihood(a: number, ofA: number, b: number, ofB: number): number {
  const all = ofA + ofB;
  const cases = a + b;
  if (ofA <= 0 || ofB <= 0 || cases <= 0 || cases >= all) return 0;
  const term = (observed: number, row: number, column: number) =>
    observed > 0 ? observed * Math.log((observed * all) / (row * column)) : 0;
  const sum =
    term(a, ofA, cases) + term(b, ofB, cases) + term(ofA - a, ofA, all - cases) + term(ofB - b, ofB, all - cases);
  return 2 * Math.max(0, sum) * (a / ofA < b / ofB ? -1 : 1);
}
