import type { Logger } from 'pino';
import type { Models } from '../models/database.ts';
import { countPhrases, type FindPhrases } from '../models/discovery/countPhrases.ts';
import { type PeriodicTask, runPeriodically } from './runPeriodically.ts';

/** While feedback is being stored it takes this part of the time of one thread; else as much as there is to do. */
const SHARE_WHILE_BUSY = 0.05;
const WAIT_MS = { between: 5, idle: 500, afterFailure: 1_000, most: 10_000 };

/**
 * Counts the phrases of what was stored, beside the storing and never before it: in steps of some hundred feedback, with
 * pauses that leave the machine to the ingest as long as it is busy. Any number of processes may do so at once.
 */
export function startDiscoveryCounter({
  models,
  find,
  isBusy,
  log,
}: {
  models: Models;
  find: FindPhrases;
  isBusy(): boolean;
  log: Logger;
}): PeriodicTask {
  return runPeriodically(async () => {
    const started = performance.now();
    try {
      const counted = await countPhrases(models, find);
      if (counted === 0) return WAIT_MS.idle;
      const took = performance.now() - started;
      return isBusy() ? Math.min(took / SHARE_WHILE_BUSY, WAIT_MS.most) : WAIT_MS.between;
    } catch (error) {
      // A conflict or an outage: nothing was counted and nothing is lost.
      log.debug({ err: error }, 'phrases could not be counted; they wait');
      return WAIT_MS.afterFailure * (0.5 + Math.random());
    }
  });
}
