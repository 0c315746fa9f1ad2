import { DAY_MS } from '../../aggregates/days.ts';

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
