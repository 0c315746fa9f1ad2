import { readCount } from '../models/aggregates/readTotals.ts';
import { findOutdated, reanalyse } from '../models/reanalysis/reanalyse.ts';
import type { ActiveTaxonomies } from '../models/taxonomy/activeTaxonomies.ts';
import { REANALYSIS_QUEUE, type ReanalysisJob } from '../queues/reanalysisQueue.ts';
import {
  type BackgroundContext,
  type BackgroundProcess,
  type RunningWorker,
  startBackgroundWorker,
  type WorkerDependencies,
} from './startBackgroundWorker.ts';

interface ReanalysisWorkerOptions extends WorkerDependencies {
  taxonomies: ActiveTaxonomies;
  /** share of the time in which it may work, above 0 to 1 */
  share: number;
}

/** Max feedback reanalysed in one transaction, and max feedback read to find them. */
const CHUNK = { reanalysed: 500, walked: 1_000 };
/** A busy database makes chunks slow, and so the pauses between them long. */
const MAX_PAUSE_MS = 20_000;
/** Time after which every worker uses a new taxonomy, and has stored what it analysed with the former one. */
const SETTLE_MS = 3_000;

/**
 * Starts the worker of re-analyses. A job walks the feedback of its scope in time order, in passes:
 *
 * 1. Reanalyse the outdated feedback chunk by chunk. The position is saved after each chunk is committed, so a repeated
 *    chunk finds nothing to do.
 * 2. At the end, wait until all workers use the active taxonomies, and start another pass: workers may have stored
 *    feedback behind the position, analysed with a former taxonomy.
 * 3. The job is done after a whole pass, not the first, that found nothing while no taxonomy changed.
 */
export function createReanalysisWorker(options: ReanalysisWorkerOptions): RunningWorker {
  const { models, taxonomies, metrics, share } = options;

  /** Reanalyses one chunk, and returns the job as it is after it. */
  async function step(job: ReanalysisJob, { parts, pauseAfter }: BackgroundContext) {
    const startMs = performance.now();
    const { walked, last, isAtEnd, outdated } = await findOutdated(models, taxonomies, {
      orgId: job.orgId,
      after: job.cursor,
      limit: CHUNK.walked,
      maxOutdated: CHUNK.reanalysed,
    });
    const { reanalysed, changed } =
      outdated.length > 0 ? await reanalyse(models, taxonomies, parts, outdated) : { reanalysed: 0, changed: 0 };
    metrics.reanalysed.inc({ outcome: 'changed' }, changed);
    metrics.reanalysed.inc({ outcome: 'same' }, reanalysed - changed);
    const tookMs = performance.now() - startMs;
    const pauseMs = isAtEnd ? 0 : pauseAfter(tookMs);
    const next = {
      ...job,
      cursor: last ?? job.cursor,
      walked: job.walked + walked,
      reanalysed: job.reanalysed + reanalysed,
      changed: job.changed + changed,
      elapsedMs: job.elapsedMs + tookMs + pauseMs,
    };
    return { next, isAtEnd, pauseMs };
  }

  const process: BackgroundProcess<ReanalysisJob> = async (resumed, save, context) => {
    let job = resumed;
    // A job that resumes within a pass does not know what the pass found before.
    let isWholePass = job.cursor === null;
    metrics.reanalysisRunning.set(1);
    try {
      for (;;) {
        await taxonomies.refresh();
        const revision = taxonomies.revision();
        const reanalysedBefore = job.reanalysed;
        job = { ...job, total: await readCount(models, job.orgId) };
        for (let isAtEnd = false; !isAtEnd; ) {
          if (context.isStopping()) return false;
          const done = await step(job, context);
          ({ next: job, isAtEnd } = done);
          metrics.reanalysisRemaining.set(Math.max(0, job.total - job.walked));
          await save(job);
          await context.pause(done.pauseMs);
        }
        await taxonomies.refresh();
        const foundNothing = job.reanalysed === reanalysedBefore && taxonomies.revision() === revision;
        if (isWholePass && foundNothing && job.pass > 1) return true;
        await context.pause(SETTLE_MS);
        if (context.isStopping()) return false;
        isWholePass = true;
        job = { ...job, pass: job.pass + 1, cursor: null, walked: 0 };
        await save(job);
      }
    } finally {
      metrics.reanalysisRunning.set(0);
      metrics.reanalysisRemaining.set(0);
    }
  };

  const dutyCycle = { share, maxPauseMs: MAX_PAUSE_MS };
  return startBackgroundWorker(options, { queue: REANALYSIS_QUEUE, dutyCycle, process });
}
