import type { DaySeries } from './daySeries.ts';
import { normalQuantile, studentTail } from './distributions.ts';
import { logLikelihood } from './logLikelihood.ts';
import { maximumTail } from './maximumTail.ts';

/** Min days with data on either side of a change. A shorter spell is an incident, not a new level. */
export const MIN_DAYS = 7;
/** Max changes that are searched for in one series. */
const MAX_CHANGES = 12;
/** Max p of a change after which the search of a series goes on. */
const MAX_P = 0.05;
/** Quotient of the lengths of intervals, and a score below which none is looked at more closely. */
const SEEDS = { decay: Math.SQRT1_2, minScore: 3 };
/** Min tail probability, so that its normal score is finite. */
const MIN_TAIL = 1e-280;

/** The best split of some days of a series. */
export interface Split {
  /** number of the first day after the change */
  index: number;
  /** Student's t of the difference of both sides, without its sign */
  score: number;
  /** variance of the days ÷ the model's, at least 1 */
  dispersion: number;
  df: number;
  /** p of the largest score over all splits looked at, 0 to 1 */
  p: number;
}

/**
 * The changes of a series, most certain first, by binary segmentation: the best split, then the best one of both sides, and so
 * on. `p` of each is that of its search, times the number of segments searched at once, and at least that of the one before
 * (so that a limit on p leaves the first ones). The list ends with the first that chance explains; it is never empty if a split
 * is possible. Days must be in order.
 *
 * Binary segmentation rather than PELT (Killick, Fearnhead and Eckley, Journal of the American Statistical Association 107,
 * 2012): a penalty finds the same changes but says of none how likely chance is, which the false discovery rate over many
 * series needs. A spell that ends again hides from one split of everything. So half of the error goes to splits of shorter,
 * overlapping intervals (seeded binary segmentation: Kovács, Bühlmann, Li and Munk, Biometrika 110, 2023).
 */
export function changePoints(series: DaySeries): Split[] {
  const found: Split[] = [];
  const segments = [segmentOf(series, 0, series.length)];
  let p = 0;
  while (found.length < MAX_CHANGES) {
    const next = segments.reduce((best, segment) => ((segment.split?.p ?? 2) < (best.split?.p ?? 2) ? segment : best));
    if (!next.split) break;
    p = Math.max(p, Math.min(1, next.split.p * segments.length));
    found.push({ ...next.split, p });
    if (p > MAX_P) break;
    const { index } = next.split;
    const [before, after] = [segmentOf(series, next.from, index), segmentOf(series, index, next.before)];
    segments.splice(segments.indexOf(next), 1, before, after);
  }
  return found;
}

interface Segment {
  from: number;
  before: number;
  split: Split | undefined;
}

function segmentOf(series: DaySeries, from: number, before: number): Segment {
  const whole = bestSplit(series, from, before);
  if (!whole) return { from, before, split: undefined };
  const intervals = [...seededIntervals(from, before)];
  if (intervals.length === 0) return { from, before, split: whole };
  let best: Split = { ...whole, p: Math.min(1, 2 * whole.p) };
  for (const [start, end] of intervals) {
    const split = bestSplit(series, start, end, SEEDS.minScore);
    const p = split ? 2 * intervals.length * split.p : 1;
    if (split && p < best.p) best = { ...split, p };
  }
  return { from, before, split: best };
}

/** Overlapping intervals in a range, shorter than the range; long ones first. */
function* seededIntervals(from: number, before: number): Generator<[from: number, before: number]> {
  const length = before - from;
  for (let size = length * SEEDS.decay; size >= 3 * MIN_DAYS; size *= SEEDS.decay) {
    const count = 2 * Math.ceil(length / size) - 1;
    const step = (length - size) / (count - 1);
    for (let index = 0; index < count; index++) {
      const start = from + Math.floor(index * step);
      yield [start, Math.min(before, Math.ceil(start + size))];
    }
  }
}

/**
 * The split of the days `from` (inclusive) to `before` (exclusive) that separates the means the most. Undefined with too few days,
 * or below a score.
 *
 * The variance is the larger of two estimates, as in `dispersionOf`: of the whole series, by the differences of neighbouring
 * days, which no change of level disturbs (von Neumann, Annals of Mathematical Statistics 12, 1941); and of these days about
 * both means. So a restless spell is not measured by calm months.
 */
export function bestSplit(series: DaySeries, from: number, before: number, minScore = 0): Split | undefined {
  const { weight, first, second } = series;
  const length = before - from;
  if (length < 2 * MIN_DAYS) return undefined;
  const [w0, wEnd, s0] = [weight[from]!, weight[before]!, first[from]!];
  const [all, sum] = [wEnd - w0, first[before]! - s0];
  const mean = sum / all;
  let [index, explained] = [from + MIN_DAYS, -1];
  for (let split = from + MIN_DAYS; split <= before - MIN_DAYS; split++) {
    const left = weight[split]! - w0;
    const excess = first[split]! - s0 - left * mean;
    const squares = (excess * excess * all) / (left * (all - left));
    if (squares > explained) [index, explained] = [split, squares];
  }
  const total = second[before]! - second[from]! - sum * mean;
  const df = length - 2 - (series.seasonDf * length) / series.length;
  const dispersion = Math.max(series.dispersion, (total - explained) / df);
  let squares = explained / dispersion;
  if (squares < minScore * minScore) return undefined;
  if (series.isShare) squares = Math.min(squares, deviance(series, from, index, before, dispersion));
  const score = Math.sqrt(squares);
  const z = normalQuantile(Math.max(studentTail(score, df), MIN_TAIL));
  const shareBefore = (split: number) => (weight[split]! - w0) / all;
  const looked = { first: shareBefore(from + MIN_DAYS), last: shareBefore(before - MIN_DAYS) };
  return { index, score, dispersion, df, p: maximumTail(z, { ...looked, splits: length - 2 * MIN_DAYS + 1 }) };
}

/** G² of two shares, divided by the larger dispersion of their counts. Its tails hold for rare cases, too. */
function deviance(series: DaySeries, from: number, index: number, before: number, dispersion: number): number {
  const [left, right] = [series.side(from, index), series.side(index, before)];
  const effect = Math.max(1e-6, dispersion * Math.max(left.designEffect, right.designEffect));
  return Math.abs(logLikelihood(left.sum, left.count, right.sum, right.count)) / effect;
}

/** Half of the criterion for days that may be the first one after a change, at 95 %: −2 ln(1 − √0.95). */
const DAY_CRITERION = -2 * Math.log(1 - Math.sqrt(0.95));

/**
 * The first and the last day that may be the first one after a change between `from` and `before`: those that fit nearly as
 * well as the best one by the likelihood ratio, at 95 % (Hansen, Econometrica 68, 2000, section 4).
 */
export function daysOfChange(series: DaySeries, from: number, before: number, split: Split): [number, number] {
  const { weight, first } = series;
  const [w0, s0] = [weight[from]!, first[from]!];
  const all = weight[before]! - w0;
  const mean = (first[before]! - s0) / all;
  const fitOf = (index: number) => {
    const left = weight[index]! - w0;
    return ((first[index]! - s0 - left * mean) ** 2 * all) / (left * (all - left)) / split.dispersion;
  };
  const least = fitOf(split.index) - DAY_CRITERION;
  let [low, high] = [split.index, split.index];
  for (let index = from + 1; index < before; index++) {
    if (fitOf(index) < least) continue;
    low = Math.min(low, index);
    high = Math.max(high, index);
  }
  return [low, high];
}
