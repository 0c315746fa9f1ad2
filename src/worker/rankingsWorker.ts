import type { Logger } from 'pino';
import type { Models } from '../models/database.ts';
import { buildRankings } from '../models/rankings/buildRankings.ts';
import { runPass } from '../models/rankings/runPass.ts';
import { runPeriodically } from './runPeriodically.ts';
import type { RunningWorker } from './startBackgroundWorker.ts';

/** Max share of one thread's time, unless passes take so long that the rankings would be further behind than `max`. */
const SHARE = 0.1;
const PAUSE_MS = { min: 50, idle: 250, max: 4_000, building: 1_000, afterFailure: 1_000 };

/**
 * Adds changes of aggregates to the rankings, in passes, and builds the rankings if there are none. Any number of processes
 * may do so at once.
 */
export function startRankingsWorker({ models, log }: { models: Models; log: Logger }): RunningWorker {
  return runPeriodically(async () => {
    const startMs = performance.now();
    try {
      const changes = await runPass(models);
      if (changes === undefined) {
        const isReady = await buildRankings(models);
        if (isReady) log.info({ ms: Math.round(performance.now() - startMs) }, 'built the rankings');
        return isReady ? PAUSE_MS.min : PAUSE_MS.building;
      }
      if (changes === 0) return PAUSE_MS.idle;
      return Math.min(Math.max((performance.now() - startMs) / SHARE, PAUSE_MS.min), PAUSE_MS.max);
    } catch (error) {
      // An outage or a conflict: what was applied counts once, and the next call joins the pass.
      log.debug({ err: error }, 'changes could not be added to the rankings and will be later');
      return PAUSE_MS.afterFailure * (0.5 + Math.random());
    }
  });
}
