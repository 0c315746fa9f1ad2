import type { Logger } from 'pino';
import type { Models } from '../models/database.ts';
import { buildRankings } from '../models/rankings/buildRankings.ts';
import { runPass } from '../models/rankings/runPass.ts';
import { runPeriodically } from './runPeriodically.ts';
import type { RunningWorker } from './startBackgroundWorker.ts';

/** Max share of one thread's time while feedback is stored. */
const SHARE_WHILE_BUSY = 0.1;
const PAUSE_MS = { between: 50, idle: 250, whileBusy: 1_000, max: 4_000, building: 1_000, afterFailure: 1_000 };

/**
 * Adds changes of aggregates to the rankings, in passes, and builds the rankings if there are none. Any number of processes
 * may do so at once.
 */
export function startRankingsWorker(options: { models: Models; isBusy(): boolean; log: Logger }): RunningWorker {
  const { models, isBusy, log } = options;

  return runPeriodically(async () => {
    const startMs = performance.now();
    try {
      const changes = await runPass(models);
      if (changes === undefined) {
        const isReady = await buildRankings(models);
        if (isReady) log.info({ ms: Math.round(performance.now() - startMs) }, 'built the rankings');
        return isReady ? PAUSE_MS.between : PAUSE_MS.building;
      }
      if (changes === 0) return PAUSE_MS.idle;
      const tookMs = performance.now() - startMs;
      return isBusy()
        ? Math.min(Math.max(tookMs / SHARE_WHILE_BUSY, PAUSE_MS.whileBusy), PAUSE_MS.max)
        : PAUSE_MS.between;
    } catch (error) {
      // An outage or a conflict: what was applied counts once, and the next call joins the pass.
      log.debug({ err: error }, 'changes could not be added to the rankings and will be later');
      return PAUSE_MS.afterFailure * (0.5 + Math.random());
    }
  });
}
