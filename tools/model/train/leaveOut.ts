import { readIntent } from '../../../src/analysis/sentiment/intent.ts';
import {
  createLinearModel,
  emptyScore,
  type ModelScore,
} from '../../../src/analysis/sentiment/linearModel.ts';
import { applyNegationAndContrast } from '../../../src/analysis/sentiment/negation.ts';
import type { Weights } from '../../../src/analysis/sentiment/weights.ts';
import { Tokens } from '../../../src/analysis/text/tokens.ts';
import { essenceOf, type Row, type SetName } from './dataSets.ts';
import type { Example } from './examples.ts';
import type { Sources } from './extract.ts';
import { fitPolarity } from './fitPolarity.ts';
import { foldWeights, type Limits } from './foldWeights.ts';

/** A row as a model read it that learned from other families only. */
export interface Reading {
  set: SetName;
  row: Row;
  leaning: ModelScore;
}

/** Weights that were fitted without one family, and without texts that are also in it. */
export function weightsWithout(
  family: string,
  tested: Iterable<Row>,
  examples: Example[],
  sources: Sources,
  limits: Limits,
): Weights {
  const essences = new Set([...tested].map(({ text }) => essenceOf(text)));
  const others = examples.filter((one) => one.family !== family && !essences.has(one.essence));
  return foldWeights(fitPolarity(others), sources, limits);
}

/** Reads rows with the functions that read them at run time. */
export function readWith(weights: Weights, set: SetName, rows: Row[]): Reading[] {
  const tokens = new Tokens();
  const { look, lean } = createLinearModel(weights);
  return rows.map((row) => {
    tokens.read(row.text);
    applyNegationAndContrast(tokens, 0, tokens.count);
    readIntent(tokens, 0, tokens.count);
    look(tokens);
    const leaning = emptyScore();
    lean(tokens, 0, tokens.count, leaning);
    return { set, row, leaning };
  });
}
