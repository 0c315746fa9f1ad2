import { createFindPhrases } from '../analysis/discovery/createFindPhrases.ts';
import { createPseudonyms } from '../ingest/pseudonyms.ts';
import { forgetPhrases } from '../models/discovery/forgetPhrases.ts';
import { recountPhrases } from '../models/discovery/recountPhrases.ts';
import type { ForgetPhrases } from '../models/erasure/eraseFeedback.ts';
import { orgsBeingErased } from '../models/erasure/erasures.ts';
import { advanceFences } from '../models/erasure/setTombstones.ts';
import { createIndexUpdater, removeErased } from '../models/search/updateIndex.ts';
import { connectPatiently } from '../queues/connect.ts';
import { createRetentionQueue } from '../queues/retentionQueue.ts';
import { createErasureWorker } from '../worker/erasureWorker.ts';
import { createImportWorker } from '../worker/importWorker.ts';
import { createIngestWorker } from '../worker/ingest/ingestWorker.ts';
import { createReanalysisWorker } from '../worker/reanalysisWorker.ts';
import { createRetentionWorker } from '../worker/retentionWorker.ts';
import { startZonesWorker } from '../worker/zonesWorker.ts';
import type { OnStop } from './onStop.ts';
import type { Dependencies, DependencyOptions } from './openDependencies.ts';
import { startIndexers } from './startIndexers.ts';
import { startIndexThread } from './startIndexThread.ts';

/** Starts the worker role: stores feedback and runs the background workers. Jobs wait while a store is away. */
export function startWorkers(
  shared: Dependencies,
  { config, stores, log, hasIndexThread }: DependencyOptions,
  onStop: OnStop,
): void {
  const jobs = connectPatiently(stores.redisUrl, shared.onRedisError);
  onStop(() => jobs.disconnect());
  const findPhrases = createFindPhrases();
  const { models, metrics, taxonomies, settings, zones, ingest, deadLetters, erasures, imports } = shared;
  const common = { connection: jobs, prefix: config.QUEUE_PREFIX, models, metrics, log };
  const share = config.BACKGROUND_PERCENT / 100;
  const { WORKER_TRANSACTIONS: transactions, WORKER_BATCH_SIZE: maxBatchSize, WORKER_PREFETCH: prefetch } = config;
  const limits = { transactions, maxBatchSize, prefetch };
  const ingestWorker = createIngestWorker({ ...common, deadLetters, taxonomies, settings, zones, findPhrases, limits });
  onStop(ingestWorker.close);
  const indexers = hasIndexThread
    ? startIndexThread({ mongodbUri: stores.mongodbUri, logLevel: config.LOG_LEVEL }, log)
    : startIndexers({ models, log });
  onStop(indexers.close);
  onStop(createReanalysisWorker({ ...common, taxonomies, share }).close);
  onStop(startZonesWorker({ models, metrics, log, share, moveFences: () => advanceFences(models) }).close);
  const forget: ForgetPhrases = (deleted, session) => forgetPhrases(models, deleted, findPhrases, session);
  const updateIndex = createIndexUpdater(models);
  const erasureWorker = createErasureWorker({
    ...common,
    erasures,
    ingest,
    deadLetters,
    forgetPhrases: forget,
    removeErased: (context) => removeErased(updateIndex, context),
  });
  onStop(erasureWorker.close);
  const importWorker = createImportWorker({
    ...common,
    imports,
    taxonomies,
    settings,
    zones,
    pseudonym: createPseudonyms(config.PSEUDONYM_KEY),
    forgetPhrases: forget,
    earliestMs: config.EARLIEST_CREATED_AT,
    maxBytes: config.IMPORT_LIMIT_MB * 1024 * 1024,
    share,
    isBusy: ingestWorker.isBusy,
  });
  onStop(importWorker.close);
  const retentionWorker = createRetentionWorker({
    ...common,
    settings,
    share,
    recountPhrases: (day) => recountPhrases(models, day),
    orgsBeingErased: (session) => orgsBeingErased(models, session),
  });
  onStop(retentionWorker.close);
  // The shared queue would fail at once if Redis is not there yet; this one waits for it.
  const retention = createRetentionQueue({ connection: jobs, prefix: config.QUEUE_PREFIX });
  onStop(retention.close);
  void retention.schedule().catch((error) => log.warn({ err: error }, 'retention could not be scheduled'));
}
