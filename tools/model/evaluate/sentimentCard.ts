import type { FullAnalysis } from '../../../src/analysis/analysis.ts';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import type { Weights } from '../../../src/analysis/sentiment/weights.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import type { Row, SetName } from '../train/dataSets.ts';
import { calibrationError, type Judged, share } from './measures.ts';

/** A row with what the analysis says of it. */
export interface Judgement {
  row: Row;
  analysis: FullAnalysis;
}

export interface SetScore {
  set: SetName;
  rows: number;
  /** the sign of the score against 'pos' and 'neg'; a score of 0 is wrong */
  accuracy: number;
  /** the label against all labels; 'mixed' is wrong */
  labels: number;
  /** of confidence, over the rows of the accuracy */
  ece: number;
}

export function judge(rows: Row[], weights?: Weights): Judgement[] {
  const analyze = createAnalyzer({ taxonomy: defaultTaxonomy, ...(weights && { weights }) });
  return rows.map((row) => ({ row, analysis: analyze(row.text) }));
}

export function isPolar({ label }: Row): boolean {
  return label === 'pos' || label === 'neg';
}

/** Whether the sign of a number is that of the row's label. */
export function hasSign({ label }: Row, score: number): boolean {
  return label === 'pos' ? score > 0 : score < 0;
}

export function scoreSet(set: SetName, judgements: Judgement[]): SetScore {
  const polar = judgements.filter(({ row }) => isPolar(row));
  const labelled = judgements.filter(({ row }) => row.label !== null);
  return {
    set,
    rows: polar.length,
    accuracy: share(
      polar.filter(({ row, analysis }) => hasSign(row, analysis.sentiment?.score ?? 0)).length,
      polar.length,
    ),
    labels: share(labelled.filter(isLabelRight).length, labelled.length),
    ece: calibrationError(judgedBySign(judgements)),
  };
}

export function isLabelRight({ row, analysis }: Judgement): boolean {
  return row.label !== null && (analysis.sentiment?.label.startsWith(row.label) ?? false);
}

/** Confidence against whether the sign of the score is right, of rows that are positive or negative. */
export function judgedBySign(judgements: Judgement[]): Judged[] {
  return judgements
    .filter(({ row, analysis }) => isPolar(row) && analysis.sentiment !== null)
    .map(({ row, analysis: { sentiment } }) => ({
      confidence: sentiment?.confidence ?? 0,
      isRight: hasSign(row, sentiment?.score ?? 0),
    }));
}
