/** A bin of a reliability table: texts whose confidence lies in it, and how many of them were right. */
export interface Bin {
  from: number;
  count: number;
  confidence: number;
  accuracy: number;
}

export interface Judged {
  confidence: number;
  isRight: boolean;
}

const BINS = 10;

/** Ten bins of equal width over 0–1; empty ones are left out. */
export function reliability(judged: readonly Judged[]): Bin[] {
  const bins: Bin[] = [];
  for (let bin = 0; bin < BINS; bin++) {
    const inside = judged.filter(
      ({ confidence }) => Math.min(Math.floor(confidence * BINS), BINS - 1) === bin,
    );
    if (inside.length === 0) continue;
    bins.push({
      from: bin / BINS,
      count: inside.length,
      confidence: inside.reduce((sum, one) => sum + one.confidence, 0) / inside.length,
      accuracy: inside.filter(({ isRight }) => isRight).length / inside.length,
    });
  }
  return bins;
}

/** Expected calibration error: the mean gap between confidence and accuracy, over the bins by their counts. */
export function calibrationError(judged: readonly Judged[]): number {
  return (
    reliability(judged).reduce((sum, bin) => sum + bin.count * Math.abs(bin.confidence - bin.accuracy), 0) /
    (judged.length || 1)
  );
}

/** F1 of counts of what was found rightly, found wrongly, and missed. */
export function f1(right: number, wrong: number, missed: number): number {
  return right === 0 ? 0 : (2 * right) / (2 * right + wrong + missed);
}

export function share(part: number, of: number): number {
  return of === 0 ? 0 : part / of;
}

/** The mean over classes of F1, of pairs of a true and a told class. */
export function macroF1(pairs: readonly (readonly [truth: string, told: string])[]): number {
  const classes = [...new Set(pairs.map(([truth]) => truth))];
  const scores = classes.map((one) =>
    f1(
      pairs.filter(([truth, told]) => truth === one && told === one).length,
      pairs.filter(([truth, told]) => truth !== one && told === one).length,
      pairs.filter(([truth, told]) => truth === one && told !== one).length,
    ),
  );
  return scores.reduce((sum, score) => sum + score, 0) / (scores.length || 1);
}
