import type { Example } from './examples.ts';
import { type Fitted, fitLogistic } from './regression/logistic.ts';
import { columnsOf, countHashes, matrixOf } from './regression/matrix.ts';

/** A fitted model: a weight for each hash and for each dense feature. */
export interface PolarityModel extends Fitted {
  /** column of `sparse` by hash */
  columns: Map<number, number>;
  /** number of examples that have a hash */
  counts: Map<number, number>;
}

/**
 * Fits positive against negative by logistic regression. Both classes have the same total weight. Each family has a bias
 * of its own, which is dropped after the fit.
 */
export function fitPolarity(examples: Example[], { c = 2, minRows = 2, iterations = 150 } = {}): PolarityModel {
  const samples = examples.map(({ sample }) => sample);
  const columns = columnsOf(samples, minRows);
  const families = [...new Set(examples.map(({ family }) => family))];
  const total = (part: (example: Example) => number) =>
    examples.reduce((sum, example) => sum + example.weight * part(example), 0);
  const positive = total(({ probability }) => probability);
  const negative = total(({ probability }) => 1 - probability);
  const half = (positive + negative) / 2;
  const fitted = fitLogistic(
    matrixOf(samples, columns),
    {
      probability: Float64Array.from(examples, ({ probability }) => probability),
      weight: Float64Array.from(
        examples,
        ({ probability, weight }) => weight * half * (probability / positive + (1 - probability) / negative),
      ),
      group: Int32Array.from(examples, ({ family }) => families.indexOf(family)),
      groups: families.length,
    },
    { c, iterations },
  );
  return { ...fitted, columns, counts: countHashes(samples) };
}
