import { minimize } from './lbfgs.ts';
import type { Matrix } from './matrix.ts';

/** What to learn from: for each row the chance of 'positive', and how much the row counts. */
export interface Targets {
  chance: Float64Array;
  weight: Float64Array;
  /** The group of each row; each has an offset of its own, which is then forgotten. */
  group: Int32Array;
  groups: number;
}

export interface Fitted {
  sparse: Float64Array;
  dense: Float64Array;
  bias: number;
}

/** L2 logistic regression: the sum of weighted log losses times C, plus half the squared weights. */
export function fitLogistic(
  matrix: Matrix,
  targets: Targets,
  { c = 0.5, groupC = 0.05, iterations = 60 } = {},
): Fitted {
  const { rows, starts, columns, values, dense, denseSize, sparseSize } = matrix;
  const biasAt = sparseSize + denseSize;
  const size = biasAt + 1 + targets.groups;
  const solution = minimize(
    (point, gradient) => {
      let loss = 0;
      for (let at = 0; at < size; at++) {
        const strength = at < biasAt ? 1 : at === biasAt ? 0.001 : groupC;
        loss += 0.5 * strength * point[at]! * point[at]!;
        gradient[at] = strength * point[at]!;
      }
      for (let row = 0; row < rows; row++) {
        const weight = targets.weight[row]! * c;
        if (weight === 0) continue;
        const groupAt = biasAt + 1 + targets.group[row]!;
        let logit = point[biasAt]! + point[groupAt]!;
        const from = starts[row]!;
        const to = starts[row + 1]!;
        for (let at = from; at < to; at++) logit += point[columns[at]!]! * values[at]!;
        const denseFrom = row * denseSize;
        for (let at = 0; at < denseSize; at++) logit += point[sparseSize + at]! * dense[denseFrom + at]!;
        const chance = targets.chance[row]!;
        loss += weight * (Math.max(logit, 0) - chance * logit + Math.log1p(Math.exp(-Math.abs(logit))));
        const error = weight * (1 / (1 + Math.exp(-logit)) - chance);
        for (let at = from; at < to; at++) gradient[columns[at]!]! += error * values[at]!;
        for (let at = 0; at < denseSize; at++) gradient[sparseSize + at]! += error * dense[denseFrom + at]!;
        gradient[biasAt]! += error;
        gradient[groupAt]! += error;
      }
      return loss;
    },
    size,
    { iterations },
  );
  return {
    sparse: solution.slice(0, sparseSize),
    dense: solution.slice(sparseSize, biasAt),
    bias: solution[biasAt]!,
  };
}
