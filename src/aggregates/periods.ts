import { DAY_MS, dayOf } from './days.ts';

export const INTERVALS = ['day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

/** A period of whole UTC days, `YYYY-MM-DD`, both ends inclusive. */
export interface Period {
  from: string;
  to: string;
}

/** The whole periods that cover the days `from` to `to`, in order. Weeks start on Monday. */
export function* periodsBetween(from: string, to: string, interval: Interval): Generator<Period> {
  for (let start = Date.parse(periodStart(from, interval)); start <= Date.parse(to); ) {
    const next = nextStart(start, interval);
    yield { from: dayOf(new Date(start)), to: dayOf(new Date(next - DAY_MS)) };
    start = next;
  }
}

/** The first day of the period that holds a day. */
export function periodStart(day: string, interval: Interval): string {
  if (interval === 'month') return `${day.slice(0, 8)}01`;
  if (interval === 'day') return day;
  const date = new Date(day);
  return dayOf(new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * DAY_MS));
}

/** The first day of the earliest of the latest `count` periods, the last of which holds a day. */
export function startOfLatest(count: number, day: string, interval: Interval): string {
  const start = new Date(periodStart(day, interval));
  if (interval === 'month') start.setUTCMonth(start.getUTCMonth() - (count - 1));
  else start.setUTCDate(start.getUTCDate() - (count - 1) * (interval === 'week' ? 7 : 1));
  return dayOf(start);
}

function nextStart(start: number, interval: Interval): number {
  const date = new Date(start);
  if (interval === 'day') return start + DAY_MS;
  // `Date.UTC` would read the year 5 as 1905.
  if (interval === 'month') return date.setUTCMonth(date.getUTCMonth() + 1);
  // The week of 0000-01-01 starts before that day, which is clamped: count from the weekday.
  return start + (7 - ((date.getUTCDay() + 6) % 7)) * DAY_MS;
}
