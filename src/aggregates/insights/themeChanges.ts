import type { Delta } from '../delta.ts';
import { type DayCount, dispersionOf } from '../statistics/dispersion.ts';
import { qValues } from '../statistics/falseDiscoveryRate.ts';
import { rateRatio } from '../statistics/rateRatio.ts';
import { themesIn } from '../themesIn.ts';

/** Share of false ones among the themes that are said to change, over all themes of one answer. */
export const FALSE_DISCOVERY_RATE = 0.05;
/** Feedback with a theme, now and before together, below which it is not tested. */
const MIN_COUNT = 10;
/** Feedback with a theme on the larger side: what there is now, or what there would be now at the former rate. */
const MIN_LARGER = 5;
/** Feedback with a theme that a change needs beside those of its loudest day. */
const MIN_ON_OTHER_DAYS = 3;
/** A smaller change may be certain, but it is not news. */
const MIN_RATIO = 1.25;
/** Fewer days than this, and nobody knows how feedback comes in bursts here. */
const MIN_DF = 5;

/** How a theme comes up now, against before. Rates are shares of all feedback of the days, 0–1. */
export interface ThemeChange {
  theme: string;
  /** feedback with the theme in the current days, and in those before */
  now: number;
  before: number;
  rateNow: number;
  rateBefore: number;
  /** `rateNow` ÷ `rateBefore`; null where there was none before */
  ratio: number | null;
  /** of the ratio, 95 %; null at the upper end means without bound */
  interval: [low: number, high: number | null];
  /** How bursty the theme is from day to day: 1 is chance alone, 3 that three come where one would. */
  dispersion: number;
  /** The change's p, adjusted for the number of themes. */
  q: number;
  direction: 'emerging' | 'declining' | 'steady';
}

export interface ThemeChanges {
  /** all feedback of the days, with a theme or without */
  feedbackNow: number;
  feedbackBefore: number;
  /** emerging themes first, then declining ones, then the others that were tested; the more certain first */
  themes: ThemeChange[];
  /** themes with too few feedback to be tested */
  tooFew: { theme: string; now: number; before: number }[];
}

/**
 * Which themes come up more, or less, than they did: the share of feedback with the theme in the current days against that
 * in the days before. Each argument holds the totals of single days. The test of a theme is `rateRatio`, exact for small
 * counts and with the bursts between days (`dispersionOf`) taken into account; what is reported holds over all themes of
 * the answer at a false discovery rate of 5 % (`qValues`), and only where the rate has changed by a quarter at least.
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
    const isBare = feedbackNow === 0 || feedbackBefore === 0 || dispersion.df < MIN_DF;
    if (isBare || now + before < MIN_COUNT) {
      tooFew.push({ theme, now, before });
      continue;
    }
    const { p, ratio, interval } = rateRatio(
      { count: now, of: feedbackNow },
      { count: before, of: feedbackBefore },
      dispersion,
    );
    ps.push(p);
    tested.push({
      theme,
      now,
      before,
      rateNow: now / feedbackNow,
      rateBefore: before / feedbackBefore,
      ratio,
      interval,
      dispersion: dispersion.factors[0]!,
    });
  }
  const qs = qValues(ps);
  const themes = tested.map((change, n) => ({
    ...change,
    q: qs[n]!,
    direction: directionOf(change, qs[n]!, current, baseline),
  }));
  const rank = { emerging: 0, declining: 1, steady: 2 };
  return {
    feedbackNow,
    feedbackBefore,
    themes: themes.sort((a, b) => rank[a.direction] - rank[b.direction] || a.q - b.q || byName(a, b)),
    tooFew: tooFew.sort((a, b) => b.now + b.before - a.now - a.before || byName(a, b)),
  };
}

const byName = (a: { theme: string }, b: { theme: string }) => (a.theme < b.theme ? -1 : 1);

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
  const [calmer, louder] = isMore ? [baseline, current] : [current, baseline];
  const quiet = rateIn(calmer, path);
  // A change that hangs on one day is an incident of that day.
  const rest = withoutLoudest(louder, path, quiet);
  const larger = isMore ? now : (before / sumAt(baseline, 'n')) * sumAt(current, 'n');
  const isNews = rateIn(louder, path) >= MIN_RATIO * quiet && rateIn(rest, path) >= MIN_RATIO * quiet;
  if (larger < MIN_LARGER || sumAt(rest, path) < MIN_ON_OTHER_DAYS || !isNews) return 'steady';
  return isMore ? 'emerging' : 'declining';
}

const rateIn = (days: readonly Delta[], path: string) => sumAt(days, path) / Math.max(1, sumAt(days, 'n'));

/** The days but the one that has the most above `rate`. */
function withoutLoudest(days: readonly Delta[], path: string, rate: number): Delta[] {
  const excess = daysOf(days, path).map(({ count, feedback }) => count - rate * feedback);
  const loudest = excess.indexOf(Math.max(...excess));
  return days.filter((_, index) => index !== loudest);
}
