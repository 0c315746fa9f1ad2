import type { Delta } from '../delta.ts';
import { FALSE_DISCOVERY_RATE, qValues } from '../statistics/falseDiscoveryRate.ts';
import { histogramAt, meanDifference, meanOf, ratingsIn } from '../statistics/meanDifference.ts';
import { themesIn } from '../themesIn.ts';

/** Min rated feedback with a theme, and without it, to test the theme. */
export const MIN_RATED = 30;
const BEST_RATING = 5;

/** The effect of a theme on the overall rating. Means and differences are in stars, 1 to 5. */
export interface Driver {
  theme: string;
  /** number of feedback with the theme and an overall rating */
  rated: number;
  /** `rated` as a share of all feedback with an overall rating, 0 to 1 */
  share: number;
  meanWith: number;
  meanWithout: number;
  /** `meanWith` − `meanWithout` */
  difference: number;
  /** 95 % confidence interval of the difference */
  interval: [low: number, high: number];
  /**
   * `share` × `difference`, in stars. It equals the mean of all ratings − `meanWithout`: the part of the overall mean that is
   * due to the theme.
   */
  impact: number;
  /** −`impact` ÷ (5 − mean of all): share of the gap to five stars that is due to the theme; null if all gave 5 */
  gapShare: number | null;
  /** p of the difference, adjusted for the number of themes (`qValues`), 0 to 1 */
  q: number;
  /** 'unclear' unless `q` ≤ 0.05 and the interval excludes 0 */
  effect: 'lowers' | 'raises' | 'unclear';
}

export interface Drivers {
  /** number of feedback with an overall rating, and their mean; null without any */
  rated: number;
  mean: number | null;
  /** lowest impact first: "fix this first" */
  drivers: Driver[];
  /** themes with fewer than `MIN_RATED` ratings with or without them, most frequent first */
  tooFew: { theme: string; rated: number }[];
}

/** The drivers of the overall rating, from the counts of an aggregate. */
export function driversOf(delta: Delta): Drivers {
  const all = histogramAt(delta, 'r.overallRating');
  const rated = ratingsIn(all);
  const tested: Omit<Driver, 'q' | 'effect'>[] = [];
  const ps: number[] = [];
  const tooFew: Drivers['tooFew'] = [];
  for (const theme of themesIn(delta)) {
    const withTheme = histogramAt(delta, `t.${theme}.r`);
    const without = all.map((count, index) => count - withTheme[index]!);
    const ratedWith = ratingsIn(withTheme);
    if (Math.min(ratedWith, ratingsIn(without)) < MIN_RATED) {
      tooFew.push({ theme, rated: ratedWith });
      continue;
    }
    const { difference, interval, p } = meanDifference(withTheme, without);
    const share = ratedWith / rated;
    const impact = share * difference;
    const gap = BEST_RATING - meanOf(all);
    const gapShare = gap > 0 ? -impact / gap : null;
    const [meanWith, meanWithout] = [meanOf(withTheme), meanOf(without)];
    ps.push(p);
    tested.push({ theme, rated: ratedWith, share, meanWith, meanWithout, difference, interval, impact, gapShare });
  }
  const qs = qValues(ps);
  // The themes are in order of their names, and the sorts are stable.
  return {
    rated,
    mean: rated > 0 ? meanOf(all) : null,
    drivers: tested
      .map((driver, index) => ({ ...driver, q: qs[index]!, effect: effectOf(driver.interval, qs[index]!) }))
      .sort((a, b) => a.impact - b.impact),
    tooFew: tooFew.sort((a, b) => b.rated - a.rated),
  };
}

/**
 * The mean rating of feedback without a theme, or of all feedback if no theme is given. Null without such a rating. The
 * ratings with the theme are −`impact` × `rated` stars below it in total.
 */
export function referenceOf(delta: Delta, theme?: string): number | null {
  const all = histogramAt(delta, 'r.overallRating');
  const withTheme = theme === undefined ? [] : histogramAt(delta, `t.${theme}.r`);
  const without = all.map((count, index) => count - (withTheme[index] ?? 0));
  return ratingsIn(without) > 0 ? meanOf(without) : null;
}

function effectOf([low, high]: Driver['interval'], q: number): Driver['effect'] {
  if (q > FALSE_DISCOVERY_RATE || (low <= 0 && high >= 0)) return 'unclear';
  return high < 0 ? 'lowers' : 'raises';
}
