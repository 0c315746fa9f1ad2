import { readIntent } from '../../../src/analysis/sentiment/intent.ts';
import { createLinearModel, emptyScore, type ModelScore } from '../../../src/analysis/sentiment/linearModel.ts';
import { applyNegationAndContrast } from '../../../src/analysis/sentiment/negation.ts';
import type { Weights } from '../../../src/analysis/sentiment/weights.ts';
import { Tokens } from '../../../src/analysis/text/tokens.ts';
import { normalizedText, type Row, type SetName } from './dataSets.ts';
import type { Example } from './examples.ts';
import type { Sources } from './extract.ts';
import { fitPolarity } from './fitPolarity.ts';
import { foldWeights, type Limits } from './foldWeights.ts';

/** The score of a row by a model that did not learn from its family. */
export interface HeldOutScore {
  set: SetName;
  row: Row;
  score: ModelScore;
}

/** Fits weights without one family, and without near duplicates of the tested rows in other families. */
export function weightsWithout(
  family: string,
  tested: Iterable<Row>,
  examples: Example[],
  sources: Sources,
  limits: Limits,
): Weights {
  const testedTexts = new Set([...tested].map(({ text }) => normalizedText(text)));
  const others = examples.filter((example) => example.family !== family && !testedTexts.has(example.normalizedText));
  return foldWeights(fitPolarity(others), sources, limits);
}

/** Scores rows with the functions that score a text at run time. */
export function scoreRows(weights: Weights, set: SetName, rows: Row[]): HeldOutScore[] {
  const tokens = new Tokens();
  const model = createLinearModel(weights);
  return rows.map((row) => {
    tokens.read(row.text);
    applyNegationAndContrast(tokens, 0, tokens.count);
    readIntent(tokens, 0, tokens.count);
    model.lookUp(tokens);
    const score = emptyScore();
    model.score(tokens, 0, tokens.count, score);
    return { set, row, score };
  });
}
