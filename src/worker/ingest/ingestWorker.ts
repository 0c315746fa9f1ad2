import type { Logger } from 'pino';
import { recordsOf, UnreadableRecord } from '../../ingest/job.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { Models } from '../../models/database.ts';
import type { FindPhrases } from '../../models/discovery/countPhrases.ts';
import { createTombstones } from '../../models/erasure/checkTombstones.ts';
import { createChoiceLists } from '../../models/feedback/choiceLists.ts';
import { createBatchWriter } from '../../models/feedback/storeBatch.ts';
import type { ActiveSettings } from '../../models/settings/activeSettings.ts';
import type { ActiveTaxonomies } from '../../models/taxonomy/activeTaxonomies.ts';
import type { Connection } from '../../queues/connect.ts';
import type { DeadLetterQueue } from '../../queues/deadLetterQueue.ts';
import { type IngestWorkerJob, startIngestWorker } from '../../queues/ingestQueue.ts';
import { startAggregateCompaction } from '../aggregateCompaction.ts';
import { startDiscoveryCounter } from '../discoveryCounter.ts';
import { createBatchScheduler } from './batchScheduler.ts';
import { createDeadLetterWriter } from './deadLetter.ts';
import { processBatch, type QueuedRecord } from './processBatch.ts';

export interface IngestWorkerOptions {
  connection: Connection;
  prefix: string;
  models: Models;
  deadLetters: DeadLetterQueue;
  taxonomies: ActiveTaxonomies;
  settings: ActiveSettings;
  findPhrases: FindPhrases;
  metrics: Metrics;
  log: Logger;
  limits: {
    /** transactions under way at once */
    slots: number;
    /** feedback in one transaction */
    maxBatch: number;
    /** jobs fetched and not yet done */
    concurrency: number;
  };
}

const OUTAGE_WAIT_MS = { first: 100, most: 2_000 };
/** Of what is beyond an org's share: in one transaction, and while others send within theirs. */
const OVERFLOW_BATCH = { others: 1_000, gap: 100 };
/** Between the beginnings of two transactions of what is within the shares, where they are not full. */
const MIN_INTERVAL_MS = 50;
/** Of the jobs that a worker may hold: so many more may be of the overflow. */
const OVERFLOW_CONCURRENCY = 0.5;
/** A job that has stalled this often has perhaps ended its workers: its records are written one by one. */
const SUSPECT_STALLS = 5;
/** And one that stalls this often all the same is set aside whole. */
const MAX_STALLS = 12;

/** Starts the worker: jobs of the ingest queue become stored, counted feedback. `close` lets what is under way finish. */
export function createIngestWorker(options: IngestWorkerOptions): { close(): Promise<void> } {
  const { models, deadLetters, metrics, log, limits } = options;
  const stop = new AbortController();
  const choiceLists = createChoiceLists(models);
  const tombstones = createTombstones(models);
  const setAside = createDeadLetterWriter(deadLetters, tombstones);
  let jobsUnderWay = 0;

  const writers = Array.from({ length: limits.slots }, () => {
    const onConflict = () => metrics.transactionRetries.inc();
    const writer = createBatchWriter(models, { onConflict, tombstones });
    return (records: QueuedRecord[]) =>
      processBatch(records, {
        taxonomies: options.taxonomies,
        settings: options.settings,
        writer,
        markChoices: choiceLists.mark,
        deadLetter: ({ record, jobId }, reason) => setAside({ kind: 'record', record, reason, jobId }),
        backOff: (attempt, error) => {
          log.warn({ attempt, err: error }, 'MongoDB is away; the batch waits');
          const { first, most } = OUTAGE_WAIT_MS;
          return pause(Math.min(first * 2 ** Math.min(attempt, 10), most), stop.signal);
        },
        onOutcome: (outcome, count) => metrics.processed.inc({ outcome }, count),
        onReadable: (acceptedAt) =>
          metrics.endToEndLatency.observe((Date.now() - acceptedAt.getTime()) / 1000),
        time: (phase) => metrics.batchDuration.startTimer({ phase }),
      });
  });
  const slots = createBatchScheduler({
    writers,
    maxBatch: {
      withinShare: limits.maxBatch,
      overflow: Math.min(limits.maxBatch, OVERFLOW_BATCH.others),
      overflowWhileBusy: Math.min(limits.maxBatch, OVERFLOW_BATCH.gap),
    },
    pace: { minIntervalMs: MIN_INTERVAL_MS, fullJobs: Math.ceil(limits.concurrency / limits.slots) },
  });

  async function processJob(job: IngestWorkerJob): Promise<void> {
    let records: unknown[];
    try {
      if (job.stalls >= MAX_STALLS) throw new UnreadableRecord(`its worker was lost ${job.stalls} times`);
      records = recordsOf(job.data);
    } catch (error) {
      const letter = { kind: 'job', record: job.data, reason: String(error), jobId: job.id } as const;
      metrics.processed.inc({ outcome: await setAside(letter) });
      return;
    }
    const queued = records.map((record) => ({ record, jobId: job.id }));
    if (job.stalls < SUSPECT_STALLS) return slots.enqueue(queued, job.isOverflow ? 1 : 0);
    for (const one of queued) await slots.enqueue([one], job.isOverflow ? 1 : 0);
  }

  const ingest = startIngestWorker({
    connection: options.connection,
    prefix: options.prefix,
    concurrency: {
      ingest: limits.concurrency,
      overflow: Math.ceil(limits.concurrency * OVERFLOW_CONCURRENCY),
    },
    async process(job) {
      jobsUnderWay++;
      try {
        await processJob(job);
      } finally {
        jobsUnderWay--;
      }
    },
    onOutcome: (queue, outcome, error) => {
      metrics.jobAttempts.inc({ queue, outcome });
      if (error && !stop.signal.aborted) log.error({ err: error }, 'a job failed and will be tried again');
    },
    onError: (error) => log.warn({ err: error }, 'the ingest worker met an error'),
  });

  const isBusy = () => jobsUnderWay > 0;
  const phraseCounter = startDiscoveryCounter({
    models,
    find: options.findPhrases,
    isBusy,
    log,
  });
  const partsWalk = startAggregateCompaction({ models, isBusy, log });

  return {
    async close() {
      stop.abort();
      // At once: a count that waits for MongoDB must not let more jobs be taken meanwhile.
      await Promise.all([ingest.close(), phraseCounter.close(), partsWalk.close()]);
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopped = () => {
      clearTimeout(timer);
      reject(new Error('the worker is stopping; the job goes back to the queue'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stopped);
      resolve();
    }, ms);
    if (signal.aborted) stopped();
    else signal.addEventListener('abort', stopped, { once: true });
  });
}
