// The distributions of the tests and intervals here. Against values of 40 digits, the relative error is below 3e-13 for
// parameters up to 400, also in tails down to 1e-14, and below 1e-9 for a million degrees of freedom.
//
// @stdlib/stats-base-dists-* has a relative error of 2e-14, but it is 231 packages and 28 MB for three functions, takes 0.1 s
// to import, and its beta function takes four times as long.

/** ln Γ(x) for x > 0 (Lanczos, SIAM Journal on Numerical Analysis B 1, 1964), with g = 7 and nine terms. */
function logGamma(x: number): number {
  const base = x + 6.5;
  const sum = LANCZOS.reduce((total, term, n) => total + term / (x + n), FIRST_TERM);
  return (x - 0.5) * Math.log(base) - base + Math.log(ROOT_OF_TWO_PI * sum);
}

const ROOT_OF_TWO_PI = Math.sqrt(2 * Math.PI);
const FIRST_TERM = 0.99999999999980993;
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Replaces a zero in Lentz's method. */
const TINY = 1e-300;

/**
 * The regularized incomplete beta function I_x(a, b) for a, b ≥ 0, as a function of x, 0 to 1. For a = 0 it is 1 and for
 * b = 0 it is 0 (the limits).
 */
export function regularizedBeta(a: number, b: number): (x: number) => number {
  if (a <= 0) return () => 1;
  if (b <= 0) return () => 0;
  const scale = logGamma(a + b) - logGamma(a) - logGamma(b);
  return (x) => {
    if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
    const front = Math.exp(scale + a * Math.log(x) + b * Math.log1p(-x));
    // The continued fraction converges quickly only on this side of the mean.
    return x > (a + 1) / (a + b + 2)
      ? 1 - (front * betaFraction(1 - x, b, a)) / b
      : (front * betaFraction(x, a, b)) / a;
  };
}

/**
 * The continued fraction of I_x(a, b) (NIST Digital Library of Mathematical Functions, 8.17.22), by Lentz's method (Thompson and
 * Barnett, Journal of Computational Physics 64, 1986).
 */
function betaFraction(x: number, a: number, b: number): number {
  const notZero = (value: number) => (value < TINY && value > -TINY ? TINY : value);
  let c = 1;
  let d = 1 / notZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / notZero(1 + even * d);
    c = notZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / notZero(1 + odd * d);
    c = notZero(1 + odd / c);
    const step = d * c;
    fraction *= step;
    if (step > 1 - 1e-15 && step < 1 + 1e-15) break;
  }
  return fraction;
}

/** Max terms of the fraction. It needs about √max(a, b). */
const MAX_TERMS = 20_000;

/** P(T > t) of Student's t with `df` > 0 degrees of freedom, which may be fractional (Abramowitz and Stegun, 26.7.1). */
export function studentTail(t: number, df: number): number {
  return studentTailOf(df)(t);
}

/** The t ≥ 0 with P(T > t) = `tail`, for 0 < tail ≤ 0.5. */
export function studentQuantile(tail: number, df: number): number {
  const tailAt = studentTailOf(df);
  let high = 1;
  while (tailAt(high) > tail && high < 1e12) high *= 2;
  return bisect((t) => tailAt(t) > tail, 0, high);
}

function studentTailOf(df: number): (t: number) => number {
  const bothTails = regularizedBeta(df / 2, 0.5);
  return (t) => {
    const half = bothTails(df / (df + t * t)) / 2;
    return t >= 0 ? half : 1 - half;
  };
}

/**
 * P(Z > z) of the normal distribution for z ≥ 0: by its series near the middle and by its continued fraction further out
 * (Abramowitz and Stegun, 26.2.11 and 26.2.14).
 */
export function normalTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / ROOT_OF_TWO_PI;
  if (z > 3) {
    let fraction = z;
    for (let n = 100; n >= 1; n--) fraction = z + n / fraction;
    return density / fraction;
  }
  let [term, sum] = [z, z];
  for (let n = 3; term > 1e-18; n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return 0.5 - density * sum;
}

/** The z with P(Z > z) = `tail`, for 0 < tail < 1. */
export function normalQuantile(tail: number): number {
  const side = Math.min(tail, 1 - tail);
  const z = bisect((x) => normalTail(x) > side, 0, 38);
  return tail <= 0.5 ? z : -z;
}

/** The point between `low` and `high` at which `isBelow` turns from true to false, by bisection to 2⁻⁴⁵ of the interval. */
export function bisect(isBelow: (x: number) => boolean, low: number, high: number): number {
  let [from, to] = [low, high];
  for (let step = 0; step < 45; step++) {
    const middle = (from + to) / 2;
    if (isBelow(middle)) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}
