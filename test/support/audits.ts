import type { Models } from '../../src/models/database.ts';
import { mismatches, storedAndRecomputed } from './storedAndRecomputed.ts';

/** Recomputes all aggregates on each `take`, and keeps the paths that ever differed. */
export function collectAudits(models: Models) {
  const audits = {
    count: 0,
    differences: [] as string[],
    async take(): Promise<void> {
      audits.count++;
      audits.differences.push(...mismatches(await storedAndRecomputed(models)));
    },
  };
  return audits;
}
