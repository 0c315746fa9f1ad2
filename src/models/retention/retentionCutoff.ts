import type { Retention } from '../settings/settingsSchema.ts';

/** Feedback created before this time (cut-off) expires: the start of the month, minus `months`. Undefined for `forever`. */
export function retentionCutoff(retention: Retention, now: number): Date | undefined {
  if (retention === 'forever') return undefined;
  const date = new Date(now);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - retention.months, 1));
}
