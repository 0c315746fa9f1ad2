import { dayOf } from './aggregateKey.ts';

export const INTERVALS = ['day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

/** A period of whole UTC days, `YYYY-MM-DD`, both inclusive. */
export interface Period {
  from: string;
  to: string;
}

const DAY_MS = 86_400_000;

/** The periods that cover `from` to `to`, in order. Weeks start on Monday; the outer ones are whole as well. */
export function* periodsBetween(from: string, to: string, interval: Interval): Generator<Period> {
  for (let at = periodStart(from, interval); at <= to; ) {
    const next = nextStart(at, interval);
    yield { from: at, to: dayOf(new Date(Date.parse(next) - DAY_MS)) };
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

function nextStart(start: string, interval: Interval): string {
  const date = new Date(start);
  if (interval === 'month')
    return dayOf(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)));
  return dayOf(new Date(date.getTime() + (interval === 'week' ? 7 : 1) * DAY_MS));
}
