import type { Logger } from 'pino';
import { mergeOldParts, type ScanPosition } from '../models/aggregates/mergeOldParts.ts';
import type { Models } from '../models/database.ts';
import { type PeriodicTask, runPeriodically } from './runPeriodically.ts';

/** While feedback is being stored it takes this part of the time of one thread. */
const SHARE_WHILE_BUSY = 0.02;
const WAIT_MS = { first: 10 * 60_000, between: 20, round: 60 * 60_000, afterFailure: 10_000, most: 10_000 };

/**
 * Walks over all aggregates, once an hour, and merges what writers have left in parts for good. Any number of processes may do
 * so at once.
 */
export function startAggregateCompaction(options: {
  models: Pick<Models, 'aggregates' | 'connection'>;
  isBusy(): boolean;
  log: Logger;
  /** until the first round; some minutes, at random, so that processes started together do not walk together */
  firstMs?: number;
}): PeriodicTask {
  const { models, isBusy, log, firstMs = WAIT_MS.first * (0.5 + Math.random()) } = options;
  let position: ScanPosition | undefined;
  let merged = 0;

  return runPeriodically(async () => {
    const started = performance.now();
    try {
      const step = await mergeOldParts(models, position);
      position = step.next;
      merged += step.merged;
      if (position)
        return isBusy()
          ? Math.min((performance.now() - started) / SHARE_WHILE_BUSY, WAIT_MS.most)
          : WAIT_MS.between;
      if (merged > 0) log.info({ merged }, 'parts of aggregates were merged');
      merged = 0;
      return WAIT_MS.round * (0.5 + Math.random());
    } catch (error) {
      // An outage: nothing was merged and nothing is lost.
      log.debug({ err: error }, 'parts could not be merged; they wait');
      return WAIT_MS.afterFailure;
    }
  }, firstMs);
}
