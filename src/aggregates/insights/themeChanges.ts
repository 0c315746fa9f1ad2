import type { Delta } from '../delta.ts';
import { type DayCount, dispersionOf, MIN_DF } from '../statistics/dispersion.ts';
import { FALSE_DISCOVERY_RATE, qValues } from '../statistics/falseDiscoveryRate.ts';
import { MIN_RATIO, rateRatio } from '../statistics/rateRatio.ts';
import { themesIn } from '../themesIn.ts';

/** Min feedback with a theme, now and before together, to test it. */
const MIN_COUNT = 10;
/** Min feedback with a theme on the larger side: now, or expected now at the former rate. */
const MIN_LARGER = 5;
/** Min feedback with a theme on other days than the one with the most. */
const MIN_ON_OTHER_DAYS = 3;

/** The frequency of a theme now and before. Rates are shares of all feedback of the days, 0 to 1. */
export interface ThemeChange {
  theme: string;
  /** number of feedback with the theme in the current days, and in the days before */
  now: number;
  before: number;
  rateNow: number;
  rateBefore: number;
  /** `rateNow` ÷ `rateBefore`; null if there was none before */
  ratio: number | null;
  /** 95 % confidence interval of the ratio; null at the upper end means unbounded */
  interval: [low: number, high: number | null];
  /** variance ÷ mean of the daily counts (`dispersionOf`): 1 for independent feedback, larger for bursts */
  dispersion: number;
  /** p of the change, adjusted for the number of themes (`qValues`), 0 to 1 */
  q: number;
  direction: 'emerging' | 'declining' | 'steady';
}

export interface ThemeChanges {
  /** number of all feedback of the days */
  feedbackNow: number;
  feedbackBefore: number;
  /** tested themes: emerging ones first, then declining, then steady; each by ascending q */
  themes: ThemeChange[];
  /** themes with too few feedback to be tested */
  tooFew: { theme: string; now: number; before: number }[];
}

/**
 * Compares how often each theme comes up now and before. Both arguments are the totals of single days. The test is
 * `rateRatio`, which is exact for small counts and corrected for bursts (`dispersionOf`). Changes are reported at a false
 * discovery rate of 5 % over all themes (`qValues`), and only from a ratio of 1.25.
 */
export function themeChanges(current: readonly Delta[], baseline: readonly Delta[]): ThemeChanges {
  const [feedbackNow, feedbackBefore] = [sumAt(current, 'n'), sumAt(baseline, 'n')];
  const tested: Omit<ThemeChange, 'q' | 'direction'>[] = [];
  const ps: number[] = [];
  const tooFew: ThemeChanges['tooFew'] = [];
  for (const theme of themesIn(...current, ...baseline)) {
    const path = `t.${theme}.f`;
    const [now, before] = [sumAt(current, path), sumAt(baseline, path)];
    const dispersion = dispersionOf([daysOf(current, path), daysOf(baseline, path)]);
    const isUntestable = feedbackNow === 0 || feedbackBefore === 0 || dispersion.df < MIN_DF;
    if (isUntestable || now + before < MIN_COUNT) {
      tooFew.push({ theme, now, before });
      continue;
    }
    const rates = [
      { count: now, of: feedbackNow },
      { count: before, of: feedbackBefore },
    ] as const;
    const { p, ratio, interval } = rateRatio(...rates, dispersion);
    const [rateNow, rateBefore] = [now / feedbackNow, before / feedbackBefore];
    ps.push(p);
    tested.push({ theme, now, before, rateNow, rateBefore, ratio, interval, dispersion: dispersion.factors[0]! });
  }
  const qs = qValues(ps);
  const themes = tested.map((change, index) => ({
    ...change,
    q: qs[index]!,
    direction: directionOf(change, qs[index]!, current, baseline),
  }));
  // The themes are in order of their names, and the sort is stable.
  const rank = { emerging: 0, declining: 1, steady: 2 };
  return {
    feedbackNow,
    feedbackBefore,
    themes: themes.sort((a, b) => rank[a.direction] - rank[b.direction] || a.q - b.q),
    tooFew: tooFew.sort((a, b) => b.now + b.before - a.now - a.before),
  };
}

function sumAt(days: readonly Delta[], path: string): number {
  return days.reduce((sum, day) => sum + (day.get(path) ?? 0), 0);
}

function daysOf(days: readonly Delta[], path: string): DayCount[] {
  return days.map((day) => ({ count: day.get(path) ?? 0, feedback: day.get('n') ?? 0 }));
}

function directionOf(
  { theme, now, before, ratio }: Pick<ThemeChange, 'theme' | 'now' | 'before' | 'ratio'>,
  q: number,
  current: readonly Delta[],
  baseline: readonly Delta[],
): ThemeChange['direction'] {
  if (q > FALSE_DISCOVERY_RATE) return 'steady';
  const path = `t.${theme}.f`;
  const isMore = ratio === null || ratio > 1;
  const [lower, higher] = isMore ? [baseline, current] : [current, baseline];
  const lowerRate = rateIn(lower, path);
  // A change that depends on one day is an incident, not a trend.
  const otherDays = withoutPeak(higher, path, lowerRate);
  const larger = isMore ? now : (before / sumAt(baseline, 'n')) * sumAt(current, 'n');
  const isNews = rateIn(higher, path) >= MIN_RATIO * lowerRate && rateIn(otherDays, path) >= MIN_RATIO * lowerRate;
  if (larger < MIN_LARGER || sumAt(otherDays, path) < MIN_ON_OTHER_DAYS || !isNews) return 'steady';
  return isMore ? 'emerging' : 'declining';
}

const rateIn = (days: readonly Delta[], path: string) => sumAt(days, path) / Math.max(1, sumAt(days, 'n'));

/** The days without the one with the largest excess over `rate`. */
function withoutPeak(days: readonly Delta[], path: string, rate: number): Delta[] {
  const excess = daysOf(days, path).map(({ count, feedback }) => count - rate * feedback);
  const peak = excess.indexOf(Math.max(...excess));
  return days.filter((_, index) => index !== peak);
}
