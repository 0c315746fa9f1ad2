import type { Example } from './examples.ts';
import { type Fitted, fitLogistic } from './regression/logistic.ts';
import { columnsOf, countHashes, matrixOf } from './regression/matrix.ts';

/** A model as it was fitted: a weight for each hash, and for each dense column. */
export interface Polarity extends Fitted {
  columns: Map<number, number>;
  /** in how many examples a hash occurs */
  counts: Map<number, number>;
}

/** Fits positive against negative, both counting the same; each family has an offset of its own, then forgotten. */
export function fitPolarity(examples: Example[], { c = 2, leastRows = 2, iterations = 150 } = {}): Polarity {
  const samples = examples.map(({ sample }) => sample);
  const columns = columnsOf(samples, leastRows);
  const families = [...new Set(examples.map(({ family }) => family))];
  const total = (part: (example: Example) => number) =>
    examples.reduce((sum, example) => sum + example.weight * part(example), 0);
  const positive = total(({ chance }) => chance);
  const negative = total(({ chance }) => 1 - chance);
  const half = (positive + negative) / 2;
  const fitted = fitLogistic(
    matrixOf(samples, columns),
    {
      chance: Float64Array.from(examples, ({ chance }) => chance),
      weight: Float64Array.from(
        examples,
        ({ chance, weight }) => weight * half * (chance / positive + (1 - chance) / negative),
      ),
      group: Int32Array.from(examples, ({ family }) => families.indexOf(family)),
      groups: families.length,
    },
    { c, iterations },
  );
  return { ...fitted, columns, counts: countHashes(samples) };
}
