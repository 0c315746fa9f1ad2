import { mismatches, verifyAggregates } from '../../src/models/aggregates/verifyAggregates.ts';
import type { Models } from '../../src/models/database.ts';

/** Recomputes all aggregates on each `take`, and keeps the paths that ever differed. */
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
