import { byName } from '../byName.ts';
import { RATINGS, type RatingName } from '../contribution.ts';
import type { Delta } from '../delta.ts';
import { clusteredMean, type Difference, differenceOf, type Estimate, type Sums } from '../statistics/clusteredMean.ts';
import { FALSE_DISCOVERY_RATE, qValues } from '../statistics/falseDiscoveryRate.ts';
import { themesIn } from '../themesIn.ts';
import { ratingSums, scoreSums, shareSums } from './changeSeries.ts';

/** Min ratings, scored texts or feedback of each side for a statement, and min feedback of both sides with a theme. */
const MIN_COUNT = 10;

/** One side of a comparison: its total, and its days if they are known. */
export interface ComparedSide {
  total: Delta;
  days?: readonly Delta[] | undefined;
}

/** One figure of both sides. */
export interface FigureComparison {
  /** observations and their mean; null without any */
  a: { count: number; value: number | null };
  b: { count: number; value: number | null };
  /** `b.value` − `a.value`; null if one of them is */
  difference: number | null;
  /** 95 % confidence interval of the difference; null with too few observations */
  interval: [low: number, high: number] | null;
  /** p of the difference, adjusted for the number of figures (`qValues`), 0 to 1; null with too few observations */
  q: number | null;
  /** `b` against `a`; 'unclear' unless `q` ≤ 0.05 and the interval excludes 0 */
  verdict: 'higher' | 'lower' | 'unclear';
}

export interface Comparison {
  ratings: Record<RatingName, FigureComparison>;
  sentiment: FigureComparison;
  /** shares of feedback with a theme, most certain difference first */
  themes: (FigureComparison & { theme: string })[];
  /** themes with too few feedback for a statement */
  tooFew: string[];
}

/** Compares each rating, the sentiment, and how often each theme comes up. */
export function compareSides(a: ComparedSide, b: ComparedSide): Comparison {
  const themes = themesIn(a.total, b.total);
  const casesOf = (theme: string) => (a.total.get(`t.${theme}.f`) ?? 0) + (b.total.get(`t.${theme}.f`) ?? 0);
  const frequent = themes.filter((theme) => casesOf(theme) >= MIN_COUNT);
  const pairs = [
    ...RATINGS.map((rating) => [ratingOf(a, rating), ratingOf(b, rating)] as const),
    [sentimentOf(a), sentimentOf(b)] as const,
    ...frequent.map((theme) => [shareOf(a, theme), shareOf(b, theme)] as const),
  ];
  const differences = pairs.map(([own, other]) =>
    isEnough(own) && isEnough(other) ? differenceOf(own, other) : undefined,
  );
  const tested = differences.filter((found) => found !== undefined);
  const qs = new Map(qValues(tested.map(({ p }) => p)).map((q, index) => [tested[index], q]));
  const compared = pairs.map((pair, index) => present(pair, differences[index], qs.get(differences[index]!) ?? null));
  const ofThemes = frequent.map((theme, index) => ({ theme, ...compared[RATINGS.length + 1 + index]! }));
  return {
    ratings: byName(RATINGS, (rating) => compared[RATINGS.indexOf(rating)]!),
    sentiment: compared[RATINGS.length]!,
    themes: ofThemes.filter(({ q }) => q !== null).sort((one, other) => one.q! - other.q!),
    tooFew: [
      ...ofThemes.filter(({ q }) => q === null).map(({ theme }) => theme),
      ...themes.filter((theme) => !frequent.includes(theme)),
    ],
  };
}

const isEnough = (estimate: Estimate | undefined): estimate is Estimate =>
  estimate !== undefined && estimate.count >= MIN_COUNT && estimate.df > 0;

type Pair = readonly [a: Estimate | undefined, b: Estimate | undefined];

function present([a, b]: Pair, found: Difference | undefined, q: number | null): FigureComparison {
  const shown = (estimate: Estimate | undefined) => ({ count: estimate?.count ?? 0, value: estimate?.mean ?? null });
  return {
    a: shown(a),
    b: shown(b),
    difference: a && b ? b.mean - a.mean : null,
    interval: found?.interval ?? null,
    q,
    verdict: found && q !== null ? verdictOf(found.interval, q) : 'unclear',
  };
}

function verdictOf([low, high]: Difference['interval'], q: number): FigureComparison['verdict'] {
  if (q > FALSE_DISCOVERY_RATE || (low <= 0 && high >= 0)) return 'unclear';
  return low > 0 ? 'higher' : 'lower';
}

function estimate(
  { total, days }: ComparedSide,
  sumsOf: (delta: Delta) => Sums,
  variance: number,
): Estimate | undefined {
  const sums = sumsOf(total);
  return sums.count > 0 ? clusteredMean(sums, variance, days?.map(sumsOf)) : undefined;
}

/** The mean of a rating. Its variance is at least that of one rating that is one star off. */
export function ratingOf(side: ComparedSide, rating: RatingName): Estimate | undefined {
  const sumsOf = ratingSums(`r.${rating}`);
  const { count, sum, squares } = sumsOf(side.total);
  const variance = (squares - sum ** 2 / count) / Math.max(1, count - 1);
  return estimate(side, sumsOf, Math.max(variance, 1 / count));
}

/** The mean sentiment. Squares of scores are not counted, so the variance is the largest one that the labels allow. */
function sentimentOf(side: ComparedSide): Estimate | undefined {
  const { count, sum } = scoreSums(side.total);
  const polar = (side.total.get('s.positive') ?? 0) + (side.total.get('s.negative') ?? 0);
  return estimate(side, scoreSums, Math.max(polar / count - (sum / count) ** 2, 1 / count));
}

/** The share of feedback with a theme. The variance is that of a share with one case more, and one other feedback more. */
function shareOf(side: ComparedSide, theme: string): Estimate | undefined {
  const sumsOf = shareSums(theme);
  const { count, sum } = sumsOf(side.total);
  const share = (sum + 1) / (count + 2);
  return estimate(side, sumsOf, share * (1 - share));
}
