import { createReader } from '../analysis/analyzer.ts';
import { defaultTaxonomy } from '../analysis/defaultTaxonomy.ts';
import { knownBy, phrasesIn } from '../analysis/phrases.ts';
import { connectPatiently } from '../queues/connect.ts';
import { createRetentionQueue } from '../queues/retentionQueue.ts';
import { createErasureWorker } from '../worker/createErasureWorker.ts';
import { createReanalysisWorker } from '../worker/createReanalysisWorker.ts';
import { createRetentionWorker } from '../worker/createRetentionWorker.ts';
import { createWorker } from '../worker/createWorker.ts';
import type { Shared } from './openShared.ts';

/** Starts all that works off queues: the ingest, and what goes on beside it. */
export function startWorkers(shared: Shared): void {
  const { config, stores, log, metrics, models, onRedisError, onStop } = shared;
  const { ingest, deadLetters, erasures, taxonomies, settings } = shared;
  const jobs = connectPatiently(stores.redisUrl, onRedisError);
  onStop(() => jobs.disconnect());
  const read = createReader();
  const isKnown = knownBy(defaultTaxonomy);
  const findPhrases = (text: string) => phrasesIn(text, read(text, () => []).clauses, isKnown);
  const worker = createWorker({
    connection: jobs,
    prefix: config.QUEUE_PREFIX,
    models,
    deadLetters,
    taxonomies,
    settings,
    findPhrases,
    metrics,
    log,
    limits: {
      slots: config.WORKER_SLOTS,
      maxBatch: config.WORKER_BATCH,
      concurrency: config.WORKER_CONCURRENCY,
    },
  });
  onStop(worker.close);
  const reanalysis = createReanalysisWorker({
    connection: jobs,
    prefix: config.QUEUE_PREFIX,
    models,
    taxonomies,
    metrics,
    log,
    share: config.REANALYSIS_PERCENT / 100,
  });
  onStop(reanalysis.close);
  const erasing = createErasureWorker({
    connection: jobs,
    prefix: config.QUEUE_PREFIX,
    models,
    erasures,
    ingest,
    deadLetters,
    findPhrases,
    metrics,
    log,
  });
  onStop(erasing.close);
  const retaining = createRetentionWorker({
    connection: jobs,
    prefix: config.QUEUE_PREFIX,
    models,
    settings,
    metrics,
    log,
    share: config.REANALYSIS_PERCENT / 100,
  });
  onStop(retaining.close);
  const runs = createRetentionQueue({ connection: jobs, prefix: config.QUEUE_PREFIX });
  onStop(runs.close);
  void runs.schedule().catch((error) => log.warn({ err: error }, 'retention could not be scheduled'));
}
