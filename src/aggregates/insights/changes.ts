import type { Delta } from '../delta.ts';
import { bestSplit, changePoints, daysOfChange, MIN_DAYS, type Split } from '../statistics/changePoints.ts';
import type { Side } from '../statistics/daySeries.ts';
import { studentQuantile } from '../statistics/distributions.ts';
import { FALSE_DISCOVERY_RATE, qValues } from '../statistics/falseDiscoveryRate.ts';
import { MIN_RATIO } from '../statistics/rateRatio.ts';
import { changeSeries, type FigureName, type FigureSeries } from './changeSeries.ts';

/** Min observations of a series, or feedback with its theme, on both sides together. */
const MIN_COUNT = 10;
/** Min change of a mean that is reported: stars of a rating, points of the sentiment. Less may be certain, but it is not news. */
const MIN_CHANGE = { rating: 0.1, sentiment: 0.05 };

/** A figure over the days between two changes. */
export interface Level {
  from: string;
  to: string;
  /** number of ratings, of scored texts, or for a theme of feedback */
  count: number;
  /** mean: 1 to 5, or −1 to 1 for the sentiment; for a theme the share of feedback that has it, 0 to 1 */
  value: number;
  /** 95 % confidence interval of `value` */
  interval: [low: number, high: number];
}

/** A day from which on a figure had another level than before. */
export interface Change extends FigureName {
  /** first day of the new level */
  since: string;
  /** first and last day that may be it, at 95 % */
  between: [earliest: string, latest: string];
  before: Level;
  after: Level;
  /** `after.value` − `before.value` */
  difference: number;
  /** 95 % confidence interval of the difference */
  interval: [low: number, high: number];
  /** p of the change, adjusted for all days and figures that were looked at, 0 to 1 */
  q: number;
  direction: 'higher' | 'lower';
}

export interface Changes {
  /** number of figures that were looked at */
  tested: number;
  /** latest first */
  changes: Change[];
  /** figures with too few days or observations for a statement */
  tooFew: FigureName[];
}

/** The days on which a figure changed its level, found at once. See `searchChanges`. */
export function changesIn(days: ReadonlyMap<string, Delta>): Changes {
  const search = searchChanges(days);
  for (;;) {
    const { done, value } = search.next();
    if (done) return value;
  }
}

/**
 * The days on which a figure changed its level, in steps of some milliseconds, so that a server can do other work in between. Of all figures, those with a change are found at a false discovery rate of 5 %
 * (`qValues`, on the p of each figure's most certain change). Further changes of a figure are held to the rate that its first one
 * met (Benjamini and Bogomolov, Journal of the Royal Statistical Society B 76, 2014).
 *
 * @param days totals of days, in order
 */
export function* searchChanges(days: ReadonlyMap<string, Delta>): Generator<void, Changes> {
  const tested: FigureSeries[] = [];
  const found: Split[][] = [];
  const tooFew: FigureName[] = [];
  for (const figure of changeSeries(days)) {
    if (isTestable(figure)) {
      tested.push(figure);
      found.push(changePoints(figure.series));
    } else tooFew.push(nameOf(figure));
    yield;
  }
  const ps = found.map(([first]) => first?.p ?? 1);
  const selected = qValues(ps).filter((q) => q <= FALSE_DISCOVERY_RATE).length;
  const factor = tested.length / Math.max(1, selected);
  const changes: Change[] = [];
  for (const [index, figure] of tested.entries()) {
    const splits = selected > 0 ? found[index]!.filter(({ p }) => p * factor <= FALSE_DISCOVERY_RATE) : [];
    if (splits.length === 0) continue;
    changes.push(...changesOf(figure, splits, factor));
    yield;
  }
  return {
    tested: tested.length,
    changes: changes.sort((a, b) => (a.since > b.since ? -1 : a.since < b.since ? 1 : a.q - b.q)),
    tooFew,
  };
}

function isTestable({ series, figure }: FigureSeries): boolean {
  if (series.length < 2 * MIN_DAYS) return false;
  const { count, sum } = series.side(0, series.length);
  return (figure === 'theme' ? sum : count) >= MIN_COUNT;
}

const nameOf = ({ figure, theme }: FigureName): FigureName => (theme === undefined ? { figure } : { figure, theme });

/** Max times that the changes of a figure are placed anew. They settle after one or two. */
const MAX_PLACINGS = 5;

/** The changes of one figure, each placed anew between its neighbours. One that its neighbours explain is left out. */
function changesOf(figure: FigureSeries, splits: readonly Split[], factor: number): Change[] {
  const { series } = figure;
  let kept = [...splits].sort((a, b) => a.index - b.index);
  for (let round = 0; round < MAX_PLACINGS; round++) {
    const placed: Split[] = [];
    kept.forEach(({ p }, at) => {
      const split = bestSplit(series, placed.at(-1)?.index ?? 0, kept[at + 1]?.index ?? series.length);
      if (split && split.p <= FALSE_DISCOVERY_RATE) placed.push({ ...split, p });
    });
    const isSettled = placed.length === kept.length && placed.every(({ index }, at) => index === kept[at]!.index);
    kept = placed;
    if (isSettled) break;
  }
  const ends = [0, ...kept.map(({ index }) => index), series.length];
  return kept
    .map((split, at) => changeAt(figure, ends[at]!, ends[at + 2]!, split, Math.min(1, split.p * factor)))
    .filter(isNews);
}

function changeAt(figure: FigureSeries, from: number, before: number, split: Split, q: number): Change {
  const { series, days } = figure;
  const { index, df } = split;
  const quantile = studentQuantile(0.025, Math.max(1, df));
  const [low, high] = figure.figure === 'theme' ? [0, 1] : figure.figure === 'sentiment' ? [-1, 1] : [1, 5];
  const errorOf = ({ count, designEffect }: Side) =>
    Math.sqrt((split.dispersion * designEffect * series.variance) / count);
  const levelOf = (side: Side, start: number, end: number): Level => {
    const margin = quantile * errorOf(side);
    return {
      from: days[start]!,
      to: days[end - 1]!,
      count: side.count,
      value: side.mean,
      interval: [Math.max(low, side.mean - margin), Math.min(high, side.mean + margin)],
    };
  };
  const [left, right] = [series.side(from, index), series.side(index, before)];
  const difference = right.mean - left.mean;
  const margin = quantile * Math.hypot(errorOf(left), errorOf(right));
  const [earliest, latest] = daysOfChange(series, from, before, split);
  return {
    ...nameOf(figure),
    since: days[index]!,
    between: [days[earliest]!, days[latest]!],
    before: levelOf(left, from, index),
    after: levelOf(right, index, before),
    difference,
    interval: [difference - margin, difference + margin],
    q,
    direction: difference > 0 ? 'higher' : 'lower',
  };
}

/** Whether a change is large enough to report, and not only one of days that weigh much. */
function isNews({ figure, before, after, difference, interval: [low, high] }: Change): boolean {
  if (low <= 0 && high >= 0) return false;
  if (figure === 'theme') return Math.max(before.value, after.value) >= MIN_RATIO * Math.min(before.value, after.value);
  return Math.abs(difference) >= (figure === 'sentiment' ? MIN_CHANGE.sentiment : MIN_CHANGE.rating);
}
