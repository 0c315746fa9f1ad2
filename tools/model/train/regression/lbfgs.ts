/** A function to be made small: fills `gradient` at `point` and returns the value there. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

/**
 * Limited-memory BFGS with a backtracking line search, for convex smooth functions. The same steps for the same
 * function, to the last bit.
 */
export function minimize(
  objective: Objective,
  size: number,
  { iterations = 100, memory = 8, tolerance = 1e-5 } = {},
): Float64Array {
  let point = new Float64Array(size);
  let gradient = new Float64Array(size);
  let value = objective(point, gradient);
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  const first = Math.sqrt(dot(gradient, gradient));
  for (let iteration = 0; iteration < iterations; iteration++) {
    const norm = Math.sqrt(dot(gradient, gradient));
    if (norm < tolerance * Math.max(1, first)) break;
    const direction = descent(gradient, steps);
    const slope = dot(direction, gradient);
    let length = steps.length === 0 ? 1 / norm : 1;
    let next = point;
    let nextGradient = gradient;
    let nextValue = value;
    for (let tries = 0; tries < 30; tries++, length /= 2) {
      next = new Float64Array(size);
      for (let at = 0; at < size; at++) next[at] = point[at]! + length * direction[at]!;
      nextGradient = new Float64Array(size);
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + 1e-4 * length * slope) break;
    }
    const s = new Float64Array(size);
    const y = new Float64Array(size);
    for (let at = 0; at < size; at++) {
      s[at] = next[at]! - point[at]!;
      y[at] = nextGradient[at]! - gradient[at]!;
    }
    const curvature = dot(s, y);
    if (curvature > 1e-12) {
      steps.push({ s, y, rho: 1 / curvature });
      if (steps.length > memory) steps.shift();
    }
    const gain = value - nextValue;
    [point, gradient, value] = [next, nextGradient, nextValue];
    if (gain <= 1e-7 * Math.abs(value)) break;
  }
  return point;
}

/** The two-loop recursion: minus the approximate inverse Hessian times the gradient. */
function descent(
  gradient: Float64Array,
  steps: { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = gradient.slice();
  const alphas: number[] = [];
  for (let one = steps.length - 1; one >= 0; one--) {
    const { s, y, rho } = steps[one]!;
    const alpha = rho * dot(s, q);
    alphas[one] = alpha;
    addScaled(q, y, -alpha);
  }
  const newest = steps.at(-1);
  const scale = newest ? 1 / (newest.rho * dot(newest.y, newest.y)) : 1;
  for (let at = 0; at < q.length; at++) q[at]! *= scale;
  steps.forEach(({ s, y, rho }, one) => {
    addScaled(q, s, alphas[one]! - rho * dot(y, q));
  });
  for (let at = 0; at < q.length; at++) q[at] = -q[at]!;
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let at = 0; at < target.length; at++) target[at]! += factor * source[at]!;
}
