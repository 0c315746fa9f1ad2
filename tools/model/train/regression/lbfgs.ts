/** A function to minimize. Fills `gradient` at `point` and returns its value there. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

/**
 * Minimizes a smooth convex function by limited-memory BFGS with a backtracking line search (Nocedal and Wright, Numerical
 * Optimization, 2006, algorithm 7.5). Deterministic to the last bit.
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
      for (let index = 0; index < size; index++) next[index] = point[index]! + length * direction[index]!;
      nextGradient = new Float64Array(size);
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + 1e-4 * length * slope) break;
    }
    const s = new Float64Array(size);
    const y = new Float64Array(size);
    for (let index = 0; index < size; index++) {
      s[index] = next[index]! - point[index]!;
      y[index] = nextGradient[index]! - gradient[index]!;
    }
    const curvature = dot(s, y);
    if (curvature > 1e-12) {
      steps.push({ s, y, rho: 1 / curvature });
      if (steps.length > memory) steps.shift();
    }
    const decrease = value - nextValue;
    [point, gradient, value] = [next, nextGradient, nextValue];
    if (decrease <= 1e-7 * Math.abs(value)) break;
  }
  return point;
}

/** Minus the approximate inverse Hessian times the gradient (two-loop recursion, algorithm 7.4). */
function descent(gradient: Float64Array, steps: { s: Float64Array; y: Float64Array; rho: number }[]): Float64Array {
  const q = gradient.slice();
  const alphas: number[] = [];
  for (let step = steps.length - 1; step >= 0; step--) {
    const { s, y, rho } = steps[step]!;
    const alpha = rho * dot(s, q);
    alphas[step] = alpha;
    addScaled(q, y, -alpha);
  }
  const newest = steps.at(-1);
  const scale = newest ? 1 / (newest.rho * dot(newest.y, newest.y)) : 1;
  for (let index = 0; index < q.length; index++) q[index]! *= scale;
  steps.forEach(({ s, y, rho }, step) => {
    addScaled(q, s, alphas[step]! - rho * dot(y, q));
  });
  for (let index = 0; index < q.length; index++) q[index] = -q[index]!;
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let index = 0; index < target.length; index++) target[index]! += factor * source[index]!;
}
