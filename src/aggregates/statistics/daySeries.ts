/** One day of a series with data: `sum` of the values of its `count` observations. */
export interface SeriesDay {
  /** 0 to 6; which one is the first does not matter */
  weekday: number;
  /** number of observations, at least 1 */
  count: number;
  sum: number;
}

/** Totals of some days of a series. */
export interface Side {
  count: number;
  sum: number;
  mean: number;
  /** variance of the mean ÷ that of as many independent observations (Kish, Survey Sampling, 1965), without `dispersion` */
  designEffect: number;
}

/** A series prepared for searches. The arrays hold sums over the days before an index, so that any range takes one step. */
export interface DaySeries {
  /** number of days */
  length: number;
  isShare: boolean;
  /** variance of one observation within a day */
  variance: number;
  /** variance of neighbouring days' differences ÷ the model's, at least 1 */
  dispersion: number;
  /** degrees of freedom that weekdays took */
  seasonDf: number;
  /** sums of the days' weights w, of w × value and of w × value²; values are less the mean and the weekday's effect */
  weight: Float64Array;
  first: Float64Array;
  second: Float64Array;
  /** Totals of the days `from` (inclusive) to `before` (exclusive). */
  side(from: number, before: number): Side;
}

/** Min days for the effects of weekdays: four of each. */
const MIN_SEASON_DAYS = 28;
/**
 * Max weight of a day, as if it had so many times the average number of observations. Days with many are few, so what such a day
 * has in itself hardly shows in the variance between neighbouring days.
 */
const MAX_TIMES_AVERAGE = 1.5;

/**
 * Prepares a series of days for `changePoints`.
 *
 * A day's mean varies by chance (`variance` ÷ its observations) and by what the day has in itself, such as a class of a hundred
 * people. The variance between days is estimated by moments from neighbouring days, so a change of level does not count as one
 * (as DerSimonian and Laird, Controlled Clinical Trials 7, 1986). Days weigh by both: a thousand answers to one mailing are not a
 * thousand days. Weekdays have effects of their own, which are taken off.
 *
 * @param variance of one observation within a day, over 0
 * @param isShare whether the sums are counts of observations
 */
export function daySeries(days: readonly SeriesDay[], variance: number, isShare = false): DaySeries {
  const length = days.length;
  const { values, seasonDf } = withoutWeekdays(days);
  const between = varianceBetween(days, values, variance);
  const limit = MAX_TIMES_AVERAGE * averageCount(days);
  const varianceOf = (index: number) => between + variance / Math.min(days[index]!.count, limit);
  const [weight, first, second, count, sum, spread] = Array.from({ length: 6 }, () => new Float64Array(length + 1)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let differences = 0;
  for (let index = 0; index < length; index++) {
    const day = days[index]!;
    const [value, own] = [values[index]!, varianceOf(index)];
    if (index > 0) differences += (value - values[index - 1]!) ** 2 / (own + varianceOf(index - 1));
    weight[index + 1] = weight[index]! + 1 / own;
    first[index + 1] = first[index]! + value / own;
    second[index + 1] = second[index]! + value ** 2 / own;
    count[index + 1] = count[index]! + day.count;
    sum[index + 1] = sum[index]! + day.sum;
    spread[index + 1] = spread[index]! + day.count ** 2 * own;
  }
  return {
    ...{ length, isShare, variance, seasonDf, weight, first, second },
    dispersion: Math.max(1, length > 1 ? differences / (length - 1) : 1),
    side(from, before) {
      const total = count[before]! - count[from]!;
      const totalSum = sum[before]! - sum[from]!;
      const designEffect = (spread[before]! - spread[from]!) / (total * variance);
      return { count: total, sum: totalSum, mean: totalSum / total, designEffect };
    },
  };
}

function averageCount(days: readonly SeriesDay[]): number {
  return days.reduce((total, { count }) => total + count, 0) / Math.max(1, days.length);
}

/** The days' means, less the mean of all and the effect of their weekday. */
function withoutWeekdays(days: readonly SeriesDay[]): { values: number[]; seasonDf: number } {
  const average = averageCount(days);
  // A large day counts at most as two average ones.
  const weights = days.map(({ count }) => count / (count + average));
  const center = weightedMean(days, weights, () => true, 0);
  const isSeasonal = days.length >= MIN_SEASON_DAYS;
  const effects = Array.from({ length: 7 }, (_, weekday) =>
    isSeasonal ? weightedMean(days, weights, (day) => day.weekday === weekday, center) : center,
  );
  return {
    values: days.map(({ sum, count, weekday }) => sum / count - effects[weekday]!),
    seasonDf: isSeasonal ? new Set(days.map(({ weekday }) => weekday)).size - 1 : 0,
  };
}

function weightedMean(
  days: readonly SeriesDay[],
  weights: readonly number[],
  isMeant: (day: SeriesDay) => boolean,
  byDefault: number,
): number {
  let [total, sum] = [0, 0];
  days.forEach((day, index) => {
    if (!isMeant(day)) return;
    total += weights[index]!;
    sum += (weights[index]! * day.sum) / day.count;
  });
  return total > 0 ? sum / total : byDefault;
}

/** The variance between days, from the differences of neighbours beyond those within days; at least 0. */
function varianceBetween(days: readonly SeriesDay[], values: readonly number[], variance: number): number {
  let [total, squares] = [0, 0];
  for (let index = 1; index < days.length; index++) {
    const weight = 1 / (1 / days[index]!.count + 1 / days[index - 1]!.count);
    total += weight;
    squares += weight * (values[index]! - values[index - 1]!) ** 2;
  }
  return total > 0 ? Math.max(0, (squares - variance * (days.length - 1)) / (2 * total)) : 0;
}
