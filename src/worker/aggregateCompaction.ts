import type { Logger } from 'pino';
import { mergeOldParts, type ScanPosition } from '../models/aggregates/mergeOldParts.ts';
import type { Models } from '../models/database.ts';
import { runPeriodically } from './runPeriodically.ts';
import type { RunningWorker } from './startBackgroundWorker.ts';

/** Max share of one thread's time while feedback is stored. */
const SHARE_WHILE_BUSY = 0.02;
const PAUSE_MS = { first: 10 * 60_000, between: 20, round: 60 * 60_000, afterFailure: 10_000, max: 10_000 };

/**
 * Scans all aggregates once an hour and merges the parts that no writer will merge (compaction). Any number of processes
 * may do so at once.
 */
export function startAggregateCompaction(options: {
  models: Models;
  isBusy(): boolean;
  log: Logger;
  /** milliseconds until the first scan; random by default, so that processes started together do not scan together */
  firstMs?: number;
}): RunningWorker {
  const { models, isBusy, log, firstMs = PAUSE_MS.first * (0.5 + Math.random()) } = options;
  let position: ScanPosition | undefined;
  let merged = 0;

  return runPeriodically(async () => {
    const startMs = performance.now();
    try {
      const step = await mergeOldParts(models, position);
      position = step.next;
      merged += step.merged;
      if (position)
        return isBusy() ? Math.min((performance.now() - startMs) / SHARE_WHILE_BUSY, PAUSE_MS.max) : PAUSE_MS.between;
      if (merged > 0) log.info({ merged }, 'merged old parts of aggregates');
      merged = 0;
      return PAUSE_MS.round * (0.5 + Math.random());
    } catch (error) {
      // An outage: the transaction merged nothing.
      log.debug({ err: error }, 'old parts could not be merged and will be later');
      return PAUSE_MS.afterFailure;
    }
  }, firstMs);
}
