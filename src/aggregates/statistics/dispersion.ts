/** One day: `count` of its `feedback` have the theme or phrase. */
export interface DayCount {
  count: number;
  feedback: number;
}

/** Min degrees of freedom to compare rates. With fewer days the bursts are unknown. */
export const MIN_DF = 5;

export interface Dispersion {
  /** variance ÷ mean of the daily counts, for each period; about 1 if feedback is independent */
  factors: number[];
  /** degrees of freedom of the estimate, over all periods */
  df: number;
}

/**
 * Estimates the overdispersion of daily counts. Real feedback comes in bursts (an outage, a mailing, a class of a hundred
 * people), so counts vary more than by chance. The estimate is Pearson's statistic Σ (count − expected)² ÷ expected, divided by
 * its degrees of freedom (McCullagh and Nelder, Generalized Linear Models, 1989, 4.5). Each period has its own rate, so a
 * change between periods is no burst.
 *
 * All periods together give the more stable estimate. A burst in a short period must not be averaged away by the quiet days of a
 * long one, so each factor is the larger of the joint estimate and its own. It is at least the binomial 1 − rate.
 */
export function dispersionOf(periods: readonly (readonly DayCount[])[]): Dispersion {
  const spreads = periods.map(spreadOf);
  const squares = total(spreads.map((spread) => spread.squares));
  const df = total(spreads.map((spread) => spread.df));
  const days = periods.flat();
  const share = total(days.map(({ count }) => count)) / Math.max(1, total(days.map((day) => day.feedback)));
  const minFactor = Math.max(MIN_FACTOR, 1 - share, df > 0 ? squares / df : 0);
  return { factors: spreads.map((own) => Math.max(minFactor, own.df > 0 ? own.squares / own.df : 0)), df };
}

/** Min factor. If all feedback has the theme, a binomial count has no variance and would be certain. */
const MIN_FACTOR = 0.05;

const total = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0);

function spreadOf(days: readonly DayCount[]): { squares: number; df: number } {
  const filled = days.filter(({ feedback }) => feedback > 0);
  const count = total(filled.map((day) => day.count));
  // A period without a case says nothing about bursts.
  if (count === 0) return { squares: 0, df: 0 };
  const rate = count / total(filled.map((day) => day.feedback));
  const squares = filled.map((day) => (day.count - rate * day.feedback) ** 2 / (rate * day.feedback));
  return { squares: total(squares), df: filled.length - 1 };
}
