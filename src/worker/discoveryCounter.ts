import type { Logger } from 'pino';
import type { Models } from '../models/database.ts';
import { countPhrases, type FindPhrases } from '../models/discovery/countPhrases.ts';
import { runPeriodically } from './runPeriodically.ts';
import type { RunningWorker } from './startBackgroundWorker.ts';

/** Max share of one thread's time while feedback is stored. Without any to store, the counter does not pause. */
const SHARE_WHILE_BUSY = 0.05;
const PAUSE_MS = { between: 5, idle: 500, afterFailure: 1_000, max: 10_000 };

/**
 * Counts the phrases of stored feedback, beside the ingest, in steps of some hundred feedback. Any number of processes may
 * do so at once: a step is a transaction, and of two that meet one runs again.
 */
export function startDiscoveryCounter(options: {
  models: Models;
  findPhrases: FindPhrases;
  isBusy(): boolean;
  log: Logger;
}): RunningWorker {
  const { models, findPhrases, isBusy, log } = options;
  return runPeriodically(async () => {
    const startMs = performance.now();
    try {
      const counted = await countPhrases(models, findPhrases);
      if (counted === 0) return PAUSE_MS.idle;
      const tookMs = performance.now() - startMs;
      return isBusy() ? Math.min(tookMs / SHARE_WHILE_BUSY, PAUSE_MS.max) : PAUSE_MS.between;
    } catch (error) {
      // A conflict or an outage: the transaction counted nothing, so the notes are still there.
      log.debug({ err: error }, 'phrases could not be counted and will be later');
      return PAUSE_MS.afterFailure * (0.5 + Math.random());
    }
  });
}
