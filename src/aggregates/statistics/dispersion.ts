/** What one day had: `count` of its `feedback` with something in it. */
export interface DayCount {
  count: number;
  feedback: number;
}

export interface Dispersion {
  /** Variance of the days' counts as a multiple of their mean, in each period; about 1 where feedback come independently. */
  factors: number[];
  /** Degrees of freedom that the factors are estimated with, over all periods. */
  df: number;
}

/**
 * How much more the days of a period vary than chance alone would have it, since real feedback comes in bursts: one
 * outage, one mailing, one class of a hundred people. Pearson's statistic over its degrees of freedom (McCullagh and
 * Nelder, Generalized Linear Models, 1989, 4.5), each period about its own rate, so that a change between periods does not
 * count as bursts.
 *
 * The periods together give the steadier estimate. But bursts are rare: one that falls into a short period must count in
 * full there and not be thinned out by the quiet days of a long one, so the larger of both estimates is taken. A count of
 * feedback out of feedback varies no less than a binomial one does, so that is the least.
 */
export function dispersionOf(periods: readonly (readonly DayCount[])[]): Dispersion {
  const spreads = periods.map(spreadOf);
  const [squares, df] = [total(spreads.map((one) => one.squares)), total(spreads.map((one) => one.df))];
  const days = periods.flat();
  const share = total(days.map(({ count }) => count)) / Math.max(1, total(days.map((day) => day.feedback)));
  const least = Math.max(SMALLEST, 1 - share, df > 0 ? squares / df : 0);
  return {
    factors: spreads.map((own) => Math.max(least, own.df > 0 ? own.squares / own.df : 0)),
    df,
  };
}

/** Where all feedback has it, a binomial count doesn't vary at all, and every count would be certain. */
const SMALLEST = 0.05;

const total = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0);

function spreadOf(days: readonly DayCount[]): { squares: number; df: number } {
  const filled = days.filter(({ feedback }) => feedback > 0);
  const count = total(filled.map((day) => day.count));
  // Days without a single case say nothing about bursts.
  if (count === 0) return { squares: 0, df: 0 };
  const rate = count / total(filled.map((day) => day.feedback));
  const squares = filled.map((day) => (day.count - rate * day.feedback) ** 2 / (rate * day.feedback));
  return { squares: total(squares), df: filled.length - 1 };
}
