import type { Delta } from '../delta.ts';
import { differenceOf } from '../statistics/clusteredMean.ts';
import { studentQuantile } from '../statistics/distributions.ts';
import { type Histogram, histogramAt, ratingsIn } from '../statistics/meanDifference.ts';
import { wilsonInterval } from '../statistics/wilsonInterval.ts';
import { scoreSums } from './changeSeries.ts';
import type { Change } from './changes.ts';
import { ratingOf } from './comparison.ts';

/** One criterion of a check. */
export interface Criterion {
  criterion: string;
  unit: 'ratings' | 'people' | 'stars' | 'share' | 'days';
  /** null if there is nothing to measure */
  number: number | null;
  /** the number must be this or more (`min`), or this or less (`max`) */
  threshold: { min: number } | { max: number };
  /** whether the number meets the threshold; null without a number */
  holds: boolean | null;
  /** 95 % confidence interval of the number; null for counts, which are exact */
  interval: [low: number, high: number] | null;
}

/** A check: 'unclear' with too few data, 'yes' if all criteria hold that have a number, else 'no'. */
export interface Check {
  verdict: 'yes' | 'no' | 'unclear';
  criteria: Criterion[];
}

/** Thresholds of a promoter: a user who would recommend the product. */
const PROMOTER = { ratings: 3, mean: 4.5, low: 0.05, negative: 0.25, days: 180 };
/** Thresholds of an org that is fit for a case study. */
const CASE_STUDY = { ratings: 30, people: 5, mean: 4.2, high: 0.8, negative: 0.2, onePerson: 0.5, fall: 0, lead: 0 };

/** Whether a user is a promoter. `daysSince`: whole days since the last feedback; null without any. */
export function checkPromoter(delta: Delta, daysSince: number | null): Check {
  const stars = histogramAt(delta, 'r.overallRating');
  return checkOf([
    criterion('ratings', 'ratings', ratingsIn(stars), { min: PROMOTER.ratings }),
    meanCriterion(delta, PROMOTER.mean),
    shareCriterion('lowRatings', stars[0] + stars[1], ratingsIn(stars), { max: PROMOTER.low }),
    negativeCriterion(delta, PROMOTER.negative),
    criterion('daysSinceLastFeedback', 'days', daysSince, { max: PROMOTER.days }),
  ]);
}

/** People in a sample of an org's feedback. */
export interface PeopleInSample {
  people: number;
  /** feedback of somebody known, and of the one who gave the most */
  named: number;
  mostOfOne: number;
}

/**
 * Whether an org is fit for a case study.
 *
 * @param fall the latest change of its overall rating in the last quarter, if that is a fall
 * @param everyone ratings of all orgs to compare with; undefined for readers who may not see them
 */
export function checkCaseStudy(
  delta: Delta,
  { people, named, mostOfOne }: PeopleInSample,
  fall: Change | undefined,
  everyone: Delta | undefined,
): Check {
  const stars = histogramAt(delta, 'r.overallRating');
  return checkOf([
    criterion('ratings', 'ratings', ratingsIn(stars), { min: CASE_STUDY.ratings }),
    criterion('people', 'people', people, { min: CASE_STUDY.people }),
    meanCriterion(delta, CASE_STUDY.mean),
    shareCriterion('highRatings', stars[3] + stars[4], ratingsIn(stars), { min: CASE_STUDY.high }),
    negativeCriterion(delta, CASE_STUDY.negative),
    shareCriterion('largestPerson', mostOfOne, named, { max: CASE_STUDY.onePerson }),
    criterion('recentChange', 'stars', fall?.difference ?? 0, { min: CASE_STUDY.fall }, fall?.interval ?? null),
    ...(everyone ? [leadCriterion(delta, everyone)] : []),
  ]);
}

/** Criteria for the amount of data. If one does not hold, the others say little. */
const AMOUNTS = new Set(['ratings', 'people']);

function checkOf(criteria: Criterion[]): Check {
  const isMissing = criteria.some(({ criterion, holds }) => AMOUNTS.has(criterion) && holds !== true);
  const isMet = criteria.every(({ holds }) => holds !== false);
  return { verdict: isMissing ? 'unclear' : isMet ? 'yes' : 'no', criteria };
}

function criterion(
  name: string,
  unit: Criterion['unit'],
  number: number | null,
  threshold: Criterion['threshold'],
  interval: Criterion['interval'] = null,
): Criterion {
  const meets = (value: number) => ('min' in threshold ? value >= threshold.min : value <= threshold.max);
  return { criterion: name, unit, number, threshold, holds: number === null ? null : meets(number), interval };
}

function meanCriterion(delta: Delta, min: number): Criterion {
  const found = ratingOf({ total: delta }, 'overallRating');
  const margin = found && studentQuantile(0.025, found.df) * Math.sqrt(found.variance / found.count);
  return criterion(
    'meanRating',
    'stars',
    found?.mean ?? null,
    { min },
    found ? [Math.max(1, found.mean - margin!), Math.min(5, found.mean + margin!)] : null,
  );
}

function shareCriterion(name: string, cases: number, of: number, threshold: Criterion['threshold']): Criterion {
  return criterion(name, 'share', of > 0 ? cases / of : null, threshold, of > 0 ? wilsonInterval(cases, of) : null);
}

const negativeCriterion = (delta: Delta, max: number) =>
  shareCriterion('negativeTexts', delta.get('s.negative') ?? 0, scoreSums(delta).count, { max });

/** The mean of an org above that of everyone else. */
function leadCriterion(delta: Delta, everyone: Delta): Criterion {
  const own = histogramAt(delta, 'r.overallRating');
  const all = histogramAt(everyone, 'r.overallRating');
  const others = all.map((count, index) => count - own[index]!) as Histogram;
  const [a, b] = [others, own].map((histogram) =>
    ratingOf(
      { total: new Map(histogram.map((count, index) => [`r.overallRating.${index + 1}`, count])) },
      'overallRating',
    ),
  );
  const found = a && b && differenceOf(a, b);
  return criterion(
    'leadOverOthers',
    'stars',
    found?.difference ?? null,
    { min: CASE_STUDY.lead },
    found?.interval ?? null,
  );
}
