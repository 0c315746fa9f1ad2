import type { Delta } from '../delta.ts';
import { qValues } from '../statistics/falseDiscoveryRate.ts';
import { type Histogram, meanDifference, meanOf, ratingsIn } from '../statistics/meanDifference.ts';
import { themesIn } from '../themesIn.ts';

/** Rated feedback that a theme needs with it, and as many without, before anything is said of it. */
export const MIN_RATED = 30;
/** Share of false ones among the themes that are said to do something. */
const FALSE_DISCOVERY_RATE = 0.05;
const BEST_RATING = 5;

/** What a theme does to the overall rating. Means and differences are in stars. */
export interface Driver {
  theme: string;
  /** feedback with the theme and an overall rating */
  rated: number;
  /** of all feedback with an overall rating, 0–1 */
  share: number;
  meanWith: number;
  meanWithout: number;
  /** `meanWith` − `meanWithout` */
  difference: number;
  /** of the difference, 95 % */
  interval: [low: number, high: number];
  /**
   * `share` × `difference`, which is what the mean of all ratings would lose if those with the theme were like those
   * without: it equals the mean of all − `meanWithout`.
   */
  impact: number;
  /** −`impact` ÷ (5 − mean of all): how much of the way to five stars is lost here; null where all gave 5 */
  gapShare: number | null;
  /** The difference's p, adjusted for the number of themes. */
  q: number;
  /** What can be said: with `q` ≤ 0.05 and an interval on one side of 0. */
  effect: 'lowers' | 'raises' | 'unclear';
}

export interface Drivers {
  rated: number;
  mean: number | null;
  /** What costs the most first: "fix this first". */
  drivers: Driver[];
  /** Themes with fewer than `MIN_RATED` ratings with them or without them, the more frequent first. */
  tooFew: { theme: string; rated: number }[];
}

/** The drivers of the overall rating, in a sum of contributions. They follow from its counts alone. */
export function driversOf(delta: Delta): Drivers {
  const all = histogramAt(delta, 'r.overallRating');
  const rated = ratingsIn(all);
  const known: Omit<Driver, 'q' | 'effect'>[] = [];
  const ps: number[] = [];
  const tooFew: Drivers['tooFew'] = [];
  for (const theme of themesIn(delta)) {
    const having = histogramAt(delta, `t.${theme}.r`);
    const others = all.map((count, index) => count - having[index]!);
    const ratedWith = ratingsIn(having);
    if (Math.min(ratedWith, ratingsIn(others)) < MIN_RATED) {
      tooFew.push({ theme, rated: ratedWith });
      continue;
    }
    const { difference, interval, p } = meanDifference(having, others);
    const share = ratedWith / rated;
    const impact = share * difference;
    const gap = BEST_RATING - meanOf(all);
    ps.push(p);
    known.push({
      theme,
      rated: ratedWith,
      share,
      meanWith: meanOf(having),
      meanWithout: meanOf(others),
      difference,
      interval,
      impact,
      gapShare: gap > 0 ? -impact / gap : null,
    });
  }
  const qs = qValues(ps);
  return {
    rated,
    mean: rated > 0 ? meanOf(all) : null,
    drivers: known
      .map((driver, n) => ({ ...driver, q: qs[n]!, effect: effectOf(driver.interval, qs[n]!) }))
      .sort((a, b) => a.impact - b.impact || (a.theme < b.theme ? -1 : 1)),
    tooFew: tooFew.sort((a, b) => b.rated - a.rated || (a.theme < b.theme ? -1 : 1)),
  };
}

/**
 * What a rating is expected to be without a theme (the mean of all ratings, where none is named); null where there is no
 * such rating. The ratings with the theme are, in all, −`impact` × `rated` stars short of it.
 */
export function referenceOf(delta: Delta, theme?: string): number | null {
  const all = histogramAt(delta, 'r.overallRating');
  const having = theme === undefined ? [] : histogramAt(delta, `t.${theme}.r`);
  const others = all.map((count, index) => count - (having[index] ?? 0));
  return ratingsIn(others) > 0 ? meanOf(others) : null;
}

function histogramAt(delta: Delta, path: string): Histogram {
  return [1, 2, 3, 4, 5].map((stars) => delta.get(`${path}.${stars}`) ?? 0);
}

function effectOf([low, high]: Driver['interval'], q: number): Driver['effect'] {
  if (q > FALSE_DISCOVERY_RATE || (low <= 0 && high >= 0)) return 'unclear';
  return high < 0 ? 'lowers' : 'raises';
}
