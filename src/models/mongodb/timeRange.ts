import { DAY_MS } from '../../aggregates/days.ts';
import { type Instants, instantsOf, type ZonedDays } from '../../aggregates/zoneDays.ts';

/** Condition on a date field: `from` inclusive, `before` exclusive. Undefined if neither is given. */
export function timeRange({ from, before }: { from?: Date | undefined; before?: Date | undefined }) {
  if (!from && !before) return undefined;
  return { ...(from && { $gte: from }), ...(before && { $lt: before }) };
}

/** Condition on a date field: UTC days `YYYY-MM-DD`, both inclusive. Undefined if neither is given. */
export function onDays({ from, to }: { from?: string | undefined; to?: string | undefined }) {
  return timeRange({
    from: from === undefined ? undefined : new Date(from),
    before: to === undefined ? undefined : new Date(Date.parse(to) + DAY_MS),
  });
}

/** Filter for feedback that was created at some instants. */
export function createdAtInstants({ without, ...range }: Instants): Record<string, unknown> {
  const createdAt = timeRange(range);
  return {
    ...(createdAt && { createdAt }),
    ...(without && { $nor: without.map((span) => ({ createdAt: timeRange(span) })) }),
  };
}

/** Filter for feedback that was created on days of a zone. */
export const createdOn = (days: ZonedDays) => createdAtInstants(instantsOf(days));
