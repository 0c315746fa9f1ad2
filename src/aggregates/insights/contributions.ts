import type { Delta } from '../delta.ts';
import { histogramAt, meanOf, ratingsIn } from '../statistics/meanDifference.ts';
import { themesIn } from '../themesIn.ts';
import { MIN_RATED } from './drivers.ts';

/** The part of a difference of means that one theme accounts for, in stars. */
export interface Contribution {
  theme: string;
  /** effect of coming up more or less often: difference of shares × mean of both sides' `meanWith` − `meanWithout` */
  mix: number;
  /** effect of being rated better or worse: mean of both sides' shares × difference of `meanWith` − `meanWithout` */
  level: number;
  /** `mix` + `level`; with enough ratings on both sides the theme's impact (`Driver`) in `b` − that in `a` */
  contribution: number;
}

export interface Contributions {
  /** mean overall rating of `b` − that of `a` */
  difference: number;
  /** largest first, regardless of the sign */
  themes: Contribution[];
  /** `difference` − all contributions: what no theme accounts for, less what several themes account for at once */
  rest: number;
}

/**
 * Decomposes the difference of two mean overall ratings, theme by theme. All parts and `rest` add up to the difference.
 *
 * A mean is a base plus the themes' impacts, each a share × a gap. The difference of two such products splits exactly into a
 * difference of shares at the average gap and a difference of gaps at the average share (Kitagawa, Journal of the American
 * Statistical Association 50, 1955). The bases' difference is the rest, as the intercept's is in the decomposition of Blinder
 * (Journal of Human Resources 8, 1973) and Oaxaca (International Economic Review 14, 1973).
 *
 * With fewer than `MIN_RATED` ratings with a theme on one side, its gap is unknown there and taken to be that of the other side, so
 * that a new theme has a `mix` and no `level`. With too few on both sides it is part of the rest.
 *
 * @param isPart whether a theme is part of another one, which counts its feedback already
 * @returns null if a side has no ratings
 */
export function contributionsTo(a: Delta, b: Delta, isPart: (theme: string) => boolean): Contributions | null {
  const [ratingsOfA, ratingsOfB] = [histogramAt(a, 'r.overallRating'), histogramAt(b, 'r.overallRating')];
  if (ratingsIn(ratingsOfA) === 0 || ratingsIn(ratingsOfB) === 0) return null;
  const difference = meanOf(ratingsOfB) - meanOf(ratingsOfA);
  const themes: Contribution[] = [];
  for (const theme of themesIn(a, b)) {
    if (isPart(theme)) continue;
    const [inA, inB] = [partOf(a, theme), partOf(b, theme)];
    const [gapA, gapB] = [inA.gap ?? inB.gap, inB.gap ?? inA.gap];
    if (gapA === null || gapB === null) continue;
    const mix = (inB.share - inA.share) * ((gapA + gapB) / 2);
    const level = ((inA.share + inB.share) / 2) * (gapB - gapA);
    themes.push({ theme, mix, level, contribution: mix + level });
  }
  const explained = themes.reduce((sum, { contribution }) => sum + contribution, 0);
  return {
    difference,
    themes: themes.sort((one, other) => Math.abs(other.contribution) - Math.abs(one.contribution)),
    rest: difference - explained,
  };
}

/** A theme's share of ratings, and the gap of its mean to that of the others; null with too few ratings for a gap. */
function partOf(delta: Delta, theme: string): { share: number; gap: number | null } {
  const all = histogramAt(delta, 'r.overallRating');
  const withTheme = histogramAt(delta, `t.${theme}.r`);
  const without = all.map((count, index) => count - withTheme[index]!);
  const [rated, others] = [ratingsIn(withTheme), ratingsIn(without)];
  const hasEnough = Math.min(rated, others) >= MIN_RATED;
  return { share: rated / (rated + others), gap: hasEnough ? meanOf(withTheme) - meanOf(without) : null };
}
