import { minimize } from './lbfgs.ts';
import type { Matrix } from './matrix.ts';

/** The targets of a fit: for each row P(positive) and its weight. */
export interface Targets {
  probability: Float64Array;
  weight: Float64Array;
  /** group of each row; each group has a bias of its own, which is dropped after the fit */
  group: Int32Array;
  groups: number;
}

export interface Fitted {
  sparse: Float64Array;
  dense: Float64Array;
  bias: number;
}

/** L2-regularized logistic regression. Minimizes C × the sum of weighted log losses + half the sum of squared weights. */
export function fitLogistic(
  matrix: Matrix,
  targets: Targets,
  { c = 0.5, groupC = 0.05, iterations = 60 } = {},
): Fitted {
  const { rows, starts, columns, values, dense, denseSize, sparseSize } = matrix;
  const biasIndex = sparseSize + denseSize;
  const size = biasIndex + 1 + targets.groups;
  const solution = minimize(
    (point, gradient) => {
      let loss = 0;
      for (let index = 0; index < size; index++) {
        const strength = index < biasIndex ? 1 : index === biasIndex ? 0.001 : groupC;
        loss += 0.5 * strength * point[index]! * point[index]!;
        gradient[index] = strength * point[index]!;
      }
      for (let row = 0; row < rows; row++) {
        const weight = targets.weight[row]! * c;
        if (weight === 0) continue;
        const groupIndex = biasIndex + 1 + targets.group[row]!;
        let logit = point[biasIndex]! + point[groupIndex]!;
        const from = starts[row]!;
        const to = starts[row + 1]!;
        for (let index = from; index < to; index++) logit += point[columns[index]!]! * values[index]!;
        const denseFrom = row * denseSize;
        for (let index = 0; index < denseSize; index++) logit += point[sparseSize + index]! * dense[denseFrom + index]!;
        const probability = targets.probability[row]!;
        loss += weight * (Math.max(logit, 0) - probability * logit + Math.log1p(Math.exp(-Math.abs(logit))));
        const error = weight * (1 / (1 + Math.exp(-logit)) - probability);
        for (let index = from; index < to; index++) gradient[columns[index]!]! += error * values[index]!;
        for (let index = 0; index < denseSize; index++)
          gradient[sparseSize + index]! += error * dense[denseFrom + index]!;
        gradient[biasIndex]! += error;
        gradient[groupIndex]! += error;
      }
      return loss;
    },
    size,
    { iterations },
  );
  return {
    sparse: solution.slice(0, sparseSize),
    dense: solution.slice(sparseSize, biasIndex),
    bias: solution[biasIndex]!,
  };
}
