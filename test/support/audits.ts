import { mismatches, verifyAggregates } from '../../src/models/aggregates/verifyAggregates.ts';
import type { Models } from '../../src/models/database.ts';

/** Adds aggregates up again as often as it is told to, and keeps the paths that ever differed. */
export function collectAudits(models: Models) {
  const audits = {
    count: 0,
    differences: [] as string[],
    async take(): Promise<void> {
      audits.count++;
      audits.differences.push(...mismatches(await verifyAggregates(models)));
    },
  };
  return audits;
}
