import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics/metrics.ts';
import { createPartsWriter } from '../models/aggregates/partsWriter.ts';
import { readTotals } from '../models/aggregates/readTotals.ts';
import type { Models } from '../models/database.ts';
import { findOutdated, reanalyse } from '../models/reanalysis/reanalyse.ts';
import type { ActiveTaxonomies } from '../models/taxonomy/activeTaxonomies.ts';
import { startBackgroundWorker } from '../queues/backgroundQueue.ts';
import type { Connection } from '../queues/connect.ts';
import { REANALYSIS_QUEUE, type ReanalysisJob } from '../queues/reanalysisQueue.ts';

export interface ReanalysisWorkerOptions {
  connection: Connection;
  prefix: string;
  models: Models;
  taxonomies: ActiveTaxonomies;
  metrics: Metrics;
  log: Logger;
  /** the share of the time that it may be at work, above 0 to 1 */
  share: number;
}

/** Feedback in one transaction, and looked at for outdated analyses at once. */
const CHUNK = { reanalysed: 500, walked: 1_000 };
const MAX_PAUSE_MS = 20_000;
/** By then every worker has taken up what came into force, and has stored what it analysed by what was before. */
const SETTLE_MS = 3_000;

/**
 * Starts the worker of re-analyses. It walks feedback by time and analyses anew what is outdated, chunk by chunk; behind
 * each chunk the job remembers where it is. Feedback that workers analysed by the former taxonomy may be stored behind
 * its back, so it walks again until it has found nothing, with nothing new in force since some time before it began.
 */
export function createReanalysisWorker(options: ReanalysisWorkerOptions): { close(): Promise<void> } {
  const { models, taxonomies, metrics, log } = options;
  const stop = new AbortController();
  const parts = createPartsWriter(models, { onConflict: () => metrics.transactionRetries.inc() });
  /** A busy database makes chunks slow, and so the pauses between them long. */
  const pace = (tookMs: number) => Math.min(tookMs * (1 / options.share - 1), MAX_PAUSE_MS);
  const pause = (ms: number) => sleep(ms, undefined, { signal: stop.signal }).catch(() => {});

  /** One step of a pass; the walk is at its end where nothing is left. */
  async function step(
    job: ReanalysisJob,
  ): Promise<{ next: ReanalysisJob; isAtEnd: boolean; pauseMs: number }> {
    const since = performance.now();
    const { walked, last, isAtEnd, outdated } = await findOutdated(models, taxonomies, {
      orgId: job.orgId,
      after: job.cursor,
      limit: CHUNK.walked,
      maxOutdated: CHUNK.reanalysed,
    });
    const done =
      outdated.length > 0
        ? await reanalyse(models, taxonomies, parts, outdated)
        : { reanalysed: 0, changed: 0 };
    metrics.reanalysed.inc({ outcome: 'changed' }, done.changed);
    metrics.reanalysed.inc({ outcome: 'same' }, done.reanalysed - done.changed);
    const tookMs = performance.now() - since;
    const pauseMs = isAtEnd ? 0 : pace(tookMs);
    const next = {
      ...job,
      cursor: last ?? job.cursor,
      walked: job.walked + walked,
      reanalysed: job.reanalysed + done.reanalysed,
      changed: job.changed + done.changed,
      elapsedMs: job.elapsedMs + tookMs + pauseMs,
    };
    return { next, isAtEnd, pauseMs };
  }

  async function process(
    given: ReanalysisJob,
    save: (job: ReanalysisJob) => Promise<void>,
  ): Promise<boolean> {
    let job = given;
    // A job that is taken up in the middle of a pass cannot know what that pass has found.
    let isWhole = job.cursor === null;
    metrics.reanalysisRunning.set(1);
    try {
      for (;;) {
        await taxonomies.refresh();
        const generation = taxonomies.revision();
        const foundBefore = job.reanalysed;
        job = { ...job, total: await countOf(models, job.orgId) };
        for (let isAtEnd = false; !isAtEnd; ) {
          if (stop.signal.aborted) return false;
          const stepped = await step(job);
          ({ next: job, isAtEnd } = stepped);
          metrics.reanalysisRemaining.set(Math.max(0, job.total - job.walked));
          await save(job);
          await pause(stepped.pauseMs);
        }
        await taxonomies.refresh();
        const foundNothing = job.reanalysed === foundBefore && taxonomies.revision() === generation;
        if (isWhole && foundNothing && job.pass > 1) return true;
        await pause(SETTLE_MS);
        if (stop.signal.aborted) return false;
        isWhole = true;
        job = { ...job, pass: job.pass + 1, cursor: null, walked: 0 };
        await save(job);
      }
    } finally {
      metrics.reanalysisRunning.set(0);
      metrics.reanalysisRemaining.set(0);
    }
  }

  const worker = startBackgroundWorker<ReanalysisJob>(REANALYSIS_QUEUE, {
    connection: options.connection,
    prefix: options.prefix,
    process,
    onOutcome: (outcome, error) => {
      metrics.jobAttempts.inc({ queue: REANALYSIS_QUEUE, outcome });
      if (error && !stop.signal.aborted)
        log.warn({ err: error }, 'a re-analysis was interrupted and goes on');
    },
    onError: (error) => log.warn({ err: error }, 'the worker of re-analyses met an error'),
  });
  return {
    async close() {
      stop.abort();
      await worker.close();
    },
  };
}

/** As many as the aggregates say there are. */
async function countOf(models: Models, orgId: string | null): Promise<number> {
  const { delta } = await readTotals(models, orgId === null ? { level: 'all' } : { level: 'org', id: orgId });
  return delta.get('n') ?? 0;
}
