import type { Retention } from '../settings/settingsSchema.ts';

/** Feedback given before this is no longer kept: so many whole months before the present one. None where all is. */
export function retentionCutoff(retention: Retention, now: number): Date | undefined {
  if (retention === 'forever') return undefined;
  const date = new Date(now);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - retention.months, 1));
}
