import type { FullAnalysis } from '../../../src/analysis/analysis.ts';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import type { Weights } from '../../../src/analysis/sentiment/weights.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import type { Row, SetName } from '../train/dataSets.ts';
import { calibrationError, type Prediction, ratio } from './measures.ts';

/** A row and its analysis. */
export interface JudgedRow {
  row: Row;
  analysis: FullAnalysis;
}

export interface SetScore {
  set: SetName;
  rows: number;
  /** accuracy of the score's sign against 'pos' and 'neg', 0 to 1; a score of 0 is wrong */
  accuracy: number;
  /** accuracy of the label against all labels, 0 to 1; 'mixed' is wrong */
  labels: number;
  /** expected calibration error of the confidence, over the rows of the accuracy */
  ece: number;
}

export function judge(rows: Row[], weights?: Weights): JudgedRow[] {
  const analyze = createAnalyzer({ taxonomy: defaultTaxonomy, ...(weights && { weights }) });
  return rows.map((row) => ({ row, analysis: analyze(row.text) }));
}

export function isPolar({ label }: Row): boolean {
  return label === 'pos' || label === 'neg';
}

/** True if the score has the sign of the row's label. */
export function hasSign({ label }: Row, score: number): boolean {
  return label === 'pos' ? score > 0 : score < 0;
}

export function scoreSet(set: SetName, judged: JudgedRow[]): SetScore {
  const polar = judged.filter(({ row }) => isPolar(row));
  const labelled = judged.filter(({ row }) => row.label !== null);
  return {
    set,
    rows: polar.length,
    accuracy: ratio(
      polar.filter(({ row, analysis }) => hasSign(row, analysis.sentiment?.score ?? 0)).length,
      polar.length,
    ),
    labels: ratio(labelled.filter(isLabelRight).length, labelled.length),
    ece: calibrationError(signPredictions(judged)),
  };
}

export function isLabelRight({ row, analysis }: JudgedRow): boolean {
  return row.label !== null && (analysis.sentiment?.label.startsWith(row.label) ?? false);
}

/** Predictions of the score's sign, for positive and negative rows. */
export function signPredictions(judged: JudgedRow[]): Prediction[] {
  return judged
    .filter(({ row, analysis }) => isPolar(row) && analysis.sentiment !== null)
    .map(({ row, analysis: { sentiment } }) => ({
      confidence: sentiment?.confidence ?? 0,
      isCorrect: hasSign(row, sentiment?.score ?? 0),
    }));
}
