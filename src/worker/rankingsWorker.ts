import type { Logger } from 'pino';
import type { Models } from '../models/database.ts';
import { buildRankings } from '../models/rankings/buildRankings.ts';
import { MAX_CHANGES, runPass } from '../models/rankings/runPass.ts';
import { runPeriodically } from './runPeriodically.ts';
import type { RunningWorker } from './startBackgroundWorker.ts';

/** Max share of one thread's time, unless passes take so long that the rankings would be further behind than `max`. */
const SHARE = 0.1;
/** Share while more changes wait than a pass takes. */
const BACKLOG_SHARE = 0.3;
/** Failures in a row after which one is worth a warning: outages and conflicts end sooner. */
const WARN_AFTER = 10;
const PAUSE_MS = { min: 50, idle: 250, max: 4_000, building: 1_000, afterFailure: 1_000 };

/**
 * Adds changes of aggregates to the rankings, in passes, and builds the rankings if there are none. Any number of processes
 * may do so at once.
 */
export function startRankingsWorker({ models, log }: { models: Models; log: Logger }): RunningWorker {
  let isStopping = false;
  let failures = 0;

  async function build(startMs: number): Promise<number> {
    const isReady = await buildRankings(models, { isStopping: () => isStopping });
    if (isReady) log.info({ ms: Math.round(performance.now() - startMs) }, 'built the rankings');
    return isReady ? PAUSE_MS.min : PAUSE_MS.building;
  }

  const running = runPeriodically(async () => {
    const startMs = performance.now();
    try {
      const changes = await runPass(models);
      const pauseMs = changes === undefined ? await build(startMs) : pauseAfter(changes, performance.now() - startMs);
      failures = 0;
      return pauseMs;
    } catch (error) {
      // An outage or a conflict: what was applied counts once, and the next call joins the pass.
      const level = ++failures % WARN_AFTER === 0 ? 'warn' : 'debug';
      log[level]({ err: error }, 'changes could not be added to the rankings and will be later');
      return PAUSE_MS.afterFailure * (0.5 + Math.random());
    }
  });
  return {
    close() {
      isStopping = true;
      return running.close();
    },
  };
}

/** Milliseconds until the next pass. */
function pauseAfter(changes: number, tookMs: number): number {
  if (changes === 0) return PAUSE_MS.idle;
  const share = changes >= MAX_CHANGES ? BACKLOG_SHARE : SHARE;
  return Math.min(Math.max(tookMs / share, PAUSE_MS.min), PAUSE_MS.max);
}
