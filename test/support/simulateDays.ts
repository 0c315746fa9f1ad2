import type { Delta } from '../../src/aggregates/delta.ts';
import type { Random } from '../../tools/support/random.ts';

/** Days of feedback as aggregates count it, drawn at random. */
export interface DayScene {
  days: number;
  /** feedback per week */
  weekly: number;
  /** mean overall rating of a day; 0 is the first day */
  mean?(day: number): number;
  /** share of feedback with each theme */
  shares?(day: number): readonly number[];
  /** standard deviation of a day's own mean, in stars, and of a day's share of a theme, relative to the share */
  unrest?: number;
  /** mean of weekends less that of other days, in stars; shares of themes change by as much, relatively */
  weekend?: number;
  /** every how many days ten times as many answer, with a mean of their own */
  mailingEvery?: number;
}

const WEEK = [1, 1, 1, 1, 0.85, 0.35, 0.35];
const START = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;
/** Standard deviation of one rating before it is rounded to whole stars from 1 to 5. */
const RATING_SD = 1.2;

export const nameOfDay = (day: number) => new Date(START + day * DAY_MS).toISOString().slice(0, 10);

export function simulateDays(random: Random, scene: DayScene): Map<string, Delta> {
  const { days, weekly, mean = () => 3.9, shares = () => [], unrest = 0, weekend = 0, mailingEvery } = scene;
  const week = WEEK.reduce((sum, weight) => sum + weight, 0);
  return new Map(
    Array.from({ length: days }, (_, day): [string, Delta] => {
      const isMailing = mailingEvery !== undefined && day % mailingEvery === mailingEvery - 1;
      const expected = ((weekly * WEEK[day % 7]!) / week) * (isMailing ? 10 : 1);
      const feedback = Math.max(0, Math.round(random.normal(expected, Math.sqrt(expected))));
      const ofWeekday = day % 7 >= 5 ? weekend : 0;
      const delta: Delta = new Map(feedback > 0 ? [['n', feedback]] : []);
      const add = (path: string, count: number) => count !== 0 && delta.set(path, (delta.get(path) ?? 0) + count);
      const own = mean(day) + ofWeekday + random.normal(0, isMailing ? Math.max(unrest, 0.3) : unrest);
      for (let n = 0; n < feedback; n++) {
        const stars = Math.max(1, Math.min(5, Math.round(random.normal(own, RATING_SD))));
        add(`r.overallRating.${stars}`, 1);
        add(stars > 3 ? 's.positive' : stars < 3 ? 's.negative' : 's.neutral', 1);
        add('s.sum', Math.round(300 * (stars - 3) + random.normal(0, 150)));
      }
      shares(day).forEach((share, theme) => {
        const rate = Math.min(0.95, share * Math.max(0, 1 + ofWeekday + random.normal(0, unrest)));
        add(`t.theme-${theme}.f`, binomial(random, feedback, rate));
      });
      return [nameOfDay(day), delta];
    }).filter(([, delta]) => delta.size > 0),
  );
}

function binomial({ next }: Random, n: number, rate: number): number {
  let count = 0;
  for (let at = 0; at < n; at++) if (next() < rate) count++;
  return count;
}
