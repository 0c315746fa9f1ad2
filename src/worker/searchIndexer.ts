import type { Logger } from 'pino';
import type { Models } from '../models/database.ts';
import { isOutage } from '../models/mongodb/errors.ts';
import { createIndexUpdater } from '../models/search/updateIndex.ts';
import { runPeriodically } from './runPeriodically.ts';
import type { RunningWorker } from './startBackgroundWorker.ts';

/** Max share of one thread's time while feedback is stored. */
const SHARE_WHILE_BUSY = 0.05;
/** Milliseconds after a change of feedback in which more are expected. */
const BUSY_MS = 1_000;
const PAUSE_MS = { between: 5, idle: 500, afterFailure: 1_000, max: 10_000 };

/**
 * Updates the search index beside the ingest, in steps of some thousand feedback. Any number of processes may do so at
 * once: of two steps that meet, one runs again.
 */
export function startSearchIndexer({ models, log }: { models: Models; log: Logger }): RunningWorker {
  const update = createIndexUpdater(models);
  let indexed = 0;
  let lastNotesMs = Number.NEGATIVE_INFINITY;
  const isBusy = () => performance.now() - lastNotesMs < BUSY_MS;

  return runPeriodically(async () => {
    const startMs = performance.now();
    try {
      const step = await update();
      if (step.hasNotes) lastNotesMs = performance.now();
      indexed += step.indexed;
      if (!step.isWorking) {
        if (indexed > 0) log.debug({ indexed }, 'the search index is up to date');
        indexed = 0;
        return PAUSE_MS.idle;
      }
      const tookMs = performance.now() - startMs;
      return isBusy() ? Math.min(tookMs / SHARE_WHILE_BUSY, PAUSE_MS.max) : PAUSE_MS.between;
    } catch (error) {
      // The step changed nothing, so it is still due. Its work may have taken long.
      log[isOutage(error) ? 'debug' : 'warn'](
        { err: error },
        'the search index could not be updated and will be later',
      );
      const pauseMs = Math.max(PAUSE_MS.afterFailure, (performance.now() - startMs) / SHARE_WHILE_BUSY);
      return Math.min(pauseMs, PAUSE_MS.max) * (0.5 + Math.random());
    }
  });
}
