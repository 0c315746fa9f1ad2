/**
 * How surprising it is that `a` of `ofA` and `b` of `ofB` are cases of one rate: the log-likelihood ratio G² of a table of
 * two by two (Dunning, Computational Linguistics 19, 1993), which holds for rare events too. Above 15.13 it comes by
 * chance once in ten thousand (χ² with one degree of freedom). Negative where the first rate is the lower one.
 */
export function logLikelihood(a: number, ofA: number, b: number, ofB: number): number {
  const all = ofA + ofB;
  const cases = a + b;
  if (ofA <= 0 || ofB <= 0 || cases <= 0 || cases >= all) return 0;
  const term = (seen: number, row: number, column: number) =>
    seen > 0 ? seen * Math.log((seen * all) / (row * column)) : 0;
  const sum =
    term(a, ofA, cases) +
    term(b, ofB, cases) +
    term(ofA - a, ofA, all - cases) +
    term(ofB - b, ofB, all - cases);
  return 2 * Math.max(0, sum) * (a / ofA < b / ofB ? -1 : 1);
}
