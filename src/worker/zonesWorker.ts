import type { Logger } from 'pino';
import type { Metrics } from '../metrics/metrics.ts';
import { createPartsWriter } from '../models/aggregates/partsWriter.ts';
import type { Models } from '../models/database.ts';
import { nextRecount, recountDays } from '../models/zones/recountDays.ts';
import { runPeriodically } from './runPeriodically.ts';
import type { RunningWorker } from './startBackgroundWorker.ts';

/** `afterFailure` also follows a step that another process did. `max`: a busy database makes steps and pauses long. */
const PAUSE_MS = { idle: 1_000, afterFailure: 1_000, max: 20_000 };

/**
 * Starts the worker that recounts the days of orgs after a change of their time zone, one org's step after another's. Any
 * number of processes may do so at once: of two with the same step, one does nothing.
 */
export function startZonesWorker(options: {
  models: Models;
  metrics: Metrics;
  log: Logger;
  /** Waits until every writer uses the zones that are stored. */
  moveFences(): Promise<void>;
  /** share of the time in which it may work, above 0 to 1 */
  share: number;
}): RunningWorker {
  const { models, metrics, log, moveFences, share } = options;
  const parts = createPartsWriter(models, { onConflict: () => metrics.transactionRetries.inc() });

  return runPeriodically(async () => {
    try {
      const state = await nextRecount(models);
      metrics.zoneRecountRunning.set(state ? 1 : 0);
      if (!state) {
        metrics.zoneRecountRemaining.set(0);
        return PAUSE_MS.idle;
      }
      const startMs = performance.now();
      const done = await recountDays({ models, parts, moveFences }, state);
      if (!done) return PAUSE_MS.afterFailure * (0.5 + Math.random());
      metrics.zoneRecounted.inc({ step: 'counted' }, done.counted);
      metrics.zoneRecounted.inc({ step: 'removed' }, done.removed);
      metrics.zoneRecountRemaining.set(done.remaining);
      return Math.min((performance.now() - startMs) * (1 / share - 1), PAUSE_MS.max);
    } catch (error) {
      // An outage, or a conflict that lasts: the transaction changed nothing.
      log.debug({ err: error }, 'days could not be recounted and will be later');
      return PAUSE_MS.afterFailure * (0.5 + Math.random());
    }
  });
}
