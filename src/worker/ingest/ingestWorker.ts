import { setTimeout as sleep } from 'node:timers/promises';
import { recordsOf, UnreadableRecord } from '../../ingest/job.ts';
import type { FindPhrases } from '../../models/discovery/countPhrases.ts';
import { createTombstones } from '../../models/erasure/checkTombstones.ts';
import { createChoiceLists } from '../../models/feedback/choiceLists.ts';
import { createBatchWriter } from '../../models/feedback/storeBatch.ts';
import type { ActiveSettings } from '../../models/settings/activeSettings.ts';
import type { ActiveTaxonomies } from '../../models/taxonomy/activeTaxonomies.ts';
import type { ActiveZones } from '../../models/zones/activeZones.ts';
import type { DeadLetterQueue } from '../../queues/deadLetterQueue.ts';
import { type IngestWorkerJob, startIngestWorker } from '../../queues/ingestQueue.ts';
import { startAggregateCompaction } from '../aggregateCompaction.ts';
import { startDiscoveryCounter } from '../discoveryCounter.ts';
import { startOldIdRewriter } from '../oldIdRewriter.ts';
import type { RunningWorker, WorkerDependencies } from '../startBackgroundWorker.ts';
import { createBatchScheduler } from './batchScheduler.ts';
import { createToDeadLetter } from './deadLetter.ts';
import { processBatch, type QueuedRecord } from './processBatch.ts';

interface IngestWorkerOptions extends WorkerDependencies {
  deadLetters: DeadLetterQueue;
  taxonomies: ActiveTaxonomies;
  settings: ActiveSettings;
  zones: ActiveZones;
  findPhrases: FindPhrases;
  limits: {
    /** max concurrent transactions */
    transactions: number;
    /** max feedback in one transaction */
    maxBatchSize: number;
    /** max jobs fetched and not yet done */
    prefetch: number;
  };
}

/** Exponential backoff after an outage of MongoDB. */
const OUTAGE_BACKOFF_MS = { first: 100, max: 2_000 };
/** Max overflow feedback in one transaction. */
const OVERFLOW_BATCH = 1_000;
/** The same, while traffic within the shares keeps arriving. */
const OVERFLOW_BATCH_WHILE_BUSY = 100;
/** Min milliseconds between the starts of two transactions within the shares that are not full. */
const MIN_INTERVAL_MS = 50;
/** Max overflow jobs fetched and not yet done, as a share of `prefetch`, beside the other jobs. */
const OVERFLOW_PREFETCH = 0.5;
/** Milliseconds after a job in which more are expected. */
const BUSY_MS = 1_000;
/** Stalls after which a job is suspected of ending its workers. Its records are then written one by one. */
const SUSPECT_STALLS = 5;
/** Stalls after which a job goes to the dead-letter queue as a whole. */
const MAX_STALLS = 12;

export interface IngestWorker extends RunningWorker {
  /** Whether feedback arrives: a job was running within the last second. */
  isBusy(): boolean;
}

/** Starts the worker that makes stored, counted feedback of ingest jobs. `close` waits for the jobs under way. */
export function createIngestWorker(options: IngestWorkerOptions): IngestWorker {
  const { models, zones, deadLetters, metrics, log } = options;
  const { transactions, maxBatchSize, prefetch } = options.limits;
  const stop = new AbortController();
  const choiceLists = createChoiceLists(models);
  const tombstones = createTombstones(models, zones.refresh);
  const toDeadLetter = createToDeadLetter(deadLetters, tombstones);
  let runningJobs = 0;
  let lastJobMs = Number.NEGATIVE_INFINITY;

  async function backOff(attempt: number, error: unknown): Promise<void> {
    log.warn({ attempt, err: error }, 'MongoDB is away; the batch waits');
    const { first, max } = OUTAGE_BACKOFF_MS;
    const ms = Math.min(first * 2 ** Math.min(attempt, 10), max);
    await sleep(ms, undefined, { signal: stop.signal }).catch(() => {
      throw new Error('the worker is stopping; the job goes back to the queue');
    });
  }

  const writers = Array.from({ length: transactions }, () => {
    const onConflict = () => metrics.transactionRetries.inc();
    const writer = createBatchWriter(models, { onConflict, tombstones, zones });
    return (records: QueuedRecord[]) =>
      processBatch(records, {
        taxonomies: options.taxonomies,
        settings: options.settings,
        writer,
        markChoices: choiceLists.mark,
        toDeadLetter: ({ record, jobId }, reason) => toDeadLetter({ kind: 'record', record, reason, jobId }),
        backOff,
        onOutcome: (outcome, count) => metrics.processed.inc({ outcome }, count),
        onReadable: (acceptedAt) => metrics.endToEndLatency.observe((Date.now() - acceptedAt.getTime()) / 1000),
        startTimer: (phase) => metrics.batchDuration.startTimer({ phase }),
      });
  });
  const scheduler = createBatchScheduler({
    writers,
    maxBatch: {
      withinShare: maxBatchSize,
      overflow: Math.min(maxBatchSize, OVERFLOW_BATCH),
      overflowWhileBusy: Math.min(maxBatchSize, OVERFLOW_BATCH_WHILE_BUSY),
    },
    pacing: { minIntervalMs: MIN_INTERVAL_MS, fullJobs: Math.ceil(prefetch / transactions) },
  });

  async function processJob(job: IngestWorkerJob): Promise<void> {
    let records: unknown[];
    try {
      if (job.stalls >= MAX_STALLS) throw new UnreadableRecord(`its worker was lost ${job.stalls} times`);
      records = recordsOf(job.data);
    } catch (error) {
      const deadLetter = { record: job.data, reason: String(error), jobId: job.id };
      return metrics.processed.inc({ outcome: await toDeadLetter({ kind: 'job', ...deadLetter }) });
    }
    const queued = records.map((record) => ({ record, jobId: job.id }));
    const kind = job.isOverflow ? 'overflow' : 'withinShare';
    if (job.stalls < SUSPECT_STALLS) return scheduler.enqueue(queued, kind);
    for (const record of queued) await scheduler.enqueue([record], kind);
  }

  const ingest = startIngestWorker({
    connection: options.connection,
    prefix: options.prefix,
    concurrency: { ingest: prefetch, overflow: Math.ceil(prefetch * OVERFLOW_PREFETCH) },
    process(job) {
      runningJobs++;
      return processJob(job).finally(() => {
        runningJobs--;
        lastJobMs = performance.now();
      });
    },
    onOutcome: (queue, outcome, error) => {
      metrics.jobAttempts.inc({ queue, outcome });
      if (error && !stop.signal.aborted) log.error({ err: error }, 'a job failed and will be tried again');
    },
    onError: (error) => log.warn({ err: error }, 'the ingest worker reported an error'),
  });

  const isBusy = () => runningJobs > 0;
  const discovery = startDiscoveryCounter({ models, findPhrases: options.findPhrases, isBusy, log });
  const compaction = startAggregateCompaction({ models, isBusy, log });
  const oldIds = startOldIdRewriter({ models, isBusy, log });

  return {
    isBusy: () => isBusy() || performance.now() - lastJobMs < BUSY_MS,
    async close() {
      stop.abort();
      // Together: a step that waits for MongoDB must not let the worker take more jobs meanwhile.
      await Promise.all([ingest.close(), discovery.close(), compaction.close(), oldIds.close()]);
    },
  };
}
