import { DAY_MS, dayOf } from '../../aggregates/days.ts';
import { type DayRange, findDaysOfOne, type Subject } from '../../models/aggregates/readTotals.ts';
import type { Models } from '../../models/database.ts';

/** Max days that one answer is about, and max feedback of a user or session, whose days are added up one feedback at a time. */
export const INSIGHT_LIMITS = { days: 1_096, counted: 10_000 };

/** The latest day of a user or session before its latest `counted` feedback in a range; undefined with fewer, and for others. */
export async function lastUncounted(models: Models, subject: Subject, range: DayRange): Promise<string | undefined> {
  if (subject.level === 'all' || subject.level === 'org') return undefined;
  return (await findDaysOfOne(models, subject, range, INSIGHT_LIMITS.counted))?.incomplete;
}

export const TOO_MANY_COUNTED = `must leave at most ${INSIGHT_LIMITS.counted.toLocaleString('en')} feedback of a user or session`;
export const TOO_MANY_DAYS = `must leave at most ${INSIGHT_LIMITS.days.toLocaleString('en')} days`;

export const daysBefore = (day: string, count: number) => dayOf(new Date(Date.parse(day) - count * DAY_MS));
