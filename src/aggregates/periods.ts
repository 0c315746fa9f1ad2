import { DAY_MS, dayOf } from './days.ts';

export const INTERVALS = ['day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

/** A period of whole UTC days, `YYYY-MM-DD`, both inclusive. */
export interface Period {
  from: string;
  to: string;
}

/** The periods that cover `from` to `to`, in order. Weeks start on Monday; the outer ones are whole as well. */
export function* periodsBetween(from: string, to: string, interval: Interval): Generator<Period> {
  for (let at = Date.parse(periodStart(from, interval)); at <= Date.parse(to); ) {
    const next = nextStart(at, interval);
    yield { from: dayOf(new Date(at)), to: dayOf(new Date(next - DAY_MS)) };
    at = next;
  }
}

/** The first day of the period that a day is in. */
export function periodStart(day: string, interval: Interval): string {
  if (interval === 'month') return `${day.slice(0, 8)}01`;
  if (interval === 'day') return day;
  const date = new Date(day);
  return dayOf(new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * DAY_MS));
}

function nextStart(start: number, interval: Interval): number {
  const date = new Date(start);
  if (interval === 'day') return start + DAY_MS;
  // Not `Date.UTC`, to which the year 5 is 1905.
  if (interval === 'month') return date.setUTCMonth(date.getUTCMonth() + 1);
  // The first week there is may have begun before its first day.
  return start + (7 - ((date.getUTCDay() + 6) % 7)) * DAY_MS;
}
