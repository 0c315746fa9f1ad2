import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics/metrics.ts';
import type { Models } from '../models/database.ts';
import { readTotals } from '../models/readTotals.ts';
import { findOutdated, reanalyse } from '../models/reanalyse.ts';
import type { TaxonomiesInForce } from '../models/taxonomiesInForce.ts';
import type { Connection } from '../queues/connect.ts';
import { REANALYSIS_QUEUE, type ReanalysisJob, startReanalysisWorker } from '../queues/reanalysisQueue.ts';
import { createPace } from './reanalysisPace.ts';

export interface ReanalysisWorkerOptions {
  connection: Connection;
  prefix: string;
  models: Models;
  taxonomies: TaxonomiesInForce;
  metrics: Metrics;
  log: Logger;
  /** the share of the time that it may be at work, above 0 to 1 */
  share: number;
}

/** Feedback in one transaction, and looked at for outdated analyses at once. */
const CHUNK = { reanalysed: 500, walked: 2_000 };
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
  const pace = createPace(options.share, stop.signal);

  /** One step of a pass; the walk is at its end where nothing is left. */
  async function step(job: ReanalysisJob): Promise<{ next: ReanalysisJob; isAtEnd: boolean }> {
    const since = performance.now();
    const { walked, last, outdated } = await findOutdated(models, taxonomies, {
      orgId: job.orgId,
      after: job.cursor,
      limit: CHUNK.walked,
    });
    let { reanalysed, changed } = job;
    let atWork = since;
    for (let at = 0; at < outdated.length && !stop.signal.aborted; at += CHUNK.reanalysed) {
      const ids = outdated.slice(at, at + CHUNK.reanalysed);
      const done = await reanalyse(models, taxonomies, ids, () => metrics.transactionRetries.inc());
      metrics.reanalysed.inc({ outcome: 'changed' }, done.changed);
      metrics.reanalysed.inc({ outcome: 'same' }, done.reanalysed - done.changed);
      reanalysed += done.reanalysed;
      changed += done.changed;
      await pace(performance.now() - atWork);
      atWork = performance.now();
    }
    // What was not come to is come to again: the walk goes on behind what is done.
    if (stop.signal.aborted) return { next: { ...job, reanalysed, changed }, isAtEnd: false };
    if (outdated.length === 0) await pace(performance.now() - since);
    const next = {
      ...job,
      cursor: last ?? job.cursor,
      walked: job.walked + walked,
      reanalysed,
      changed,
      elapsedMs: job.elapsedMs + (performance.now() - since),
    };
    return { next, isAtEnd: walked < CHUNK.walked };
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
        const generation = taxonomies.generation();
        const foundBefore = job.reanalysed;
        job = { ...job, total: await countOf(models, job.orgId) };
        for (let isAtEnd = false; !isAtEnd; ) {
          if (stop.signal.aborted) return false;
          ({ next: job, isAtEnd } = await step(job));
          metrics.reanalysisLeft.set(Math.max(0, job.total - job.walked));
          await save(job);
        }
        await taxonomies.refresh();
        const foundNothing = job.reanalysed === foundBefore && taxonomies.generation() === generation;
        if (isWhole && foundNothing && job.pass > 1) return true;
        await sleep(SETTLE_MS, undefined, { signal: stop.signal }).catch(() => {});
        if (stop.signal.aborted) return false;
        isWhole = true;
        job = { ...job, pass: job.pass + 1, cursor: null, walked: 0 };
        await save(job);
      }
    } finally {
      metrics.reanalysisRunning.set(0);
      metrics.reanalysisLeft.set(0);
    }
  }

  const worker = startReanalysisWorker({
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
