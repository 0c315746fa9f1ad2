/** A bin of a reliability table: mean confidence and accuracy (0 to 1) of the predictions in it, from `from` to `from` + 0.1. */
export interface Bin {
  from: number;
  count: number;
  confidence: number;
  accuracy: number;
}

/** The confidence of a prediction, 0 to 1, and its outcome. */
export interface Prediction {
  confidence: number;
  isCorrect: boolean;
}

const BINS = 10;

/** Ten bins of equal width over 0–1, without empty ones. */
export function reliability(predictions: readonly Prediction[]): Bin[] {
  const bins: Bin[] = [];
  for (let bin = 0; bin < BINS; bin++) {
    const inside = predictions.filter(({ confidence }) => Math.min(Math.floor(confidence * BINS), BINS - 1) === bin);
    if (inside.length === 0) continue;
    bins.push({
      from: bin / BINS,
      count: inside.length,
      confidence: inside.reduce((sum, { confidence }) => sum + confidence, 0) / inside.length,
      accuracy: inside.filter(({ isCorrect }) => isCorrect).length / inside.length,
    });
  }
  return bins;
}

/** Expected calibration error, 0 to 1: the mean gap between confidence and accuracy over the bins, weighted by count. */
export function calibrationError(predictions: readonly Prediction[]): number {
  return (
    reliability(predictions).reduce((sum, bin) => sum + bin.count * Math.abs(bin.confidence - bin.accuracy), 0) /
    (predictions.length || 1)
  );
}

/** F1, 0 to 1, of counts of true positives, false positives and false negatives. */
export function f1(right: number, wrong: number, missed: number): number {
  return right === 0 ? 0 : (2 * right) / (2 * right + wrong + missed);
}

export function ratio(part: number, of: number): number {
  return of === 0 ? 0 : part / of;
}

/** The mean F1 over classes, 0 to 1, of pairs of a true and a predicted class. */
export function macroF1(pairs: readonly (readonly [truth: string, predicted: string])[]): number {
  const classes = [...new Set(pairs.map(([truth]) => truth))];
  const scores = classes.map((name) =>
    f1(
      pairs.filter(([truth, predicted]) => truth === name && predicted === name).length,
      pairs.filter(([truth, predicted]) => truth !== name && predicted === name).length,
      pairs.filter(([truth, predicted]) => truth === name && predicted !== name).length,
    ),
  );
  return scores.reduce((sum, score) => sum + score, 0) / (scores.length || 1);
}
