import { DelayedError, type Job, type JobsOptions, type Queue, type Worker } from 'bullmq';
import type { Batch } from '../ingest/groupCommit.ts';
import { encodeJob, type IngestJob } from '../ingest/job.ts';
import { orUnavailable } from './connect.ts';
import { openQueue, type QueueOptions, startQueueWorker, type WorkerEvents, type WorkerQueue } from './openQueue.ts';

export const INGEST_QUEUE = 'ingest';
/** Overflow has a queue of its own, so that workers always have room for jobs within the orgs' shares. */
export const OVERFLOW_QUEUE = 'overflow';

/**
 * Retry policy of ingest jobs. A job is never given up: a record that cannot be stored goes to the dead-letter
 * queue, and every other fault passes. So attempts are counted but not limited.
 */
export const INGEST_POLICY = {
  attempts: Number.MAX_SAFE_INTEGER,
  retryDelayMs: { first: 500, max: 30_000 },
  /** Delay of a lost worker's jobs. Together with the lock, it outlasts the transaction that the worker left open. */
  lostJobDelayMs: 5_000,
} as const;

export interface IngestQueue {
  /** Adds each batch as one job. Resolves when Redis has them all. Throws QueueUnavailable. */
  send(batches: Batch[]): Promise<void>;
  /** Jobs within the orgs' shares. */
  queue: Queue<IngestJob>;
  overflow: Queue<IngestJob>;
  /** Counts the unfinished jobs of both queues. */
  countJobs(): Promise<number>;
  close(): Promise<void>;
}

export function createIngestQueue(options: QueueOptions): IngestQueue {
  const jobOptions = {
    attempts: INGEST_POLICY.attempts,
    backoff: { type: 'ingest' },
    removeOnComplete: true,
    removeOnFail: false,
    stackTraceLimit: 1,
  };
  const queue = openQueue<IngestJob>(INGEST_QUEUE, options, jobOptions);
  const overflow = openQueue<IngestJob>(OVERFLOW_QUEUE, options, jobOptions);

  return {
    queue,
    overflow,
    async send(batches) {
      const withinShare = batches.filter(({ priority }) => priority === 0);
      const beyondShare = batches.filter(({ priority }) => priority > 0);
      await orUnavailable(options.connection, () => Promise.all([add(queue, withinShare), add(overflow, beyondShare)]));
    },
    async countJobs() {
      const counts = await Promise.all(
        [queue, overflow].map((each) => each.getJobCountByTypes('waiting', 'prioritized', 'active', 'delayed')),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
    async close() {
      await Promise.all([queue.close(), overflow.close()]);
    },
  };
}

async function add(queue: Queue<IngestJob>, batches: Batch[]): Promise<void> {
  const jobs = batches.map(({ priority, feedback }) => ({
    name: 'batch',
    data: encodeJob(feedback),
    opts: (priority > 0 ? { priority } : {}) satisfies JobsOptions,
  }));
  if (jobs.length > 1) await queue.addBulk(jobs);
  else if (jobs[0]) await queue.add('batch', jobs[0].data, jobs[0].opts);
}

export interface IngestWorker {
  /** Takes no more jobs, and resolves when those in progress are done. */
  close(): Promise<void>;
}

export interface IngestWorkerJob {
  id: string;
  data: unknown;
  isOverflow: boolean;
  /** number of workers that were lost while they held the job */
  stalls: number;
}

export interface IngestWorkerOptions extends QueueOptions, WorkerEvents {
  /** max jobs in progress at once, from each of the two queues */
  concurrency: { ingest: number; overflow: number };
  process(job: IngestWorkerJob): Promise<void>;
}

/** Runs `process` on every ingest job, at least once each. */
export function startIngestWorker(options: IngestWorkerOptions): IngestWorker {
  const workers = [
    startWorker(INGEST_QUEUE, options.concurrency.ingest, options),
    startWorker(OVERFLOW_QUEUE, options.concurrency.overflow, options),
  ];
  return {
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

/**
 * Delays a job that a lost worker held. Its records stay locked for some seconds by the transaction that the worker left
 * open. The job waits for that in the queue, since in a worker every other job would wait with it.
 */
async function delayAfterStall(job: Job<IngestJob>, token: string | undefined): Promise<void> {
  const { stalledCounter: stalls } = job;
  if (stalls === 0 || job.progress === stalls) return;
  await job.updateProgress(stalls);
  await job.moveToDelayed(Date.now() + INGEST_POLICY.lostJobDelayMs, token);
  throw new DelayedError();
}

function startWorker(queue: WorkerQueue, concurrency: number, options: IngestWorkerOptions): Worker<IngestJob> {
  const { process, ...shared } = options;
  return startQueueWorker<IngestJob>(
    queue,
    async (job, token) => {
      await delayAfterStall(job, token);
      const { id = '', data, priority, stalledCounter: stalls } = job;
      await process({ id, data, isOverflow: priority > 0, stalls });
    },
    { ...shared, concurrency, settings: { backoffStrategy } },
  );
}

/** Exponential backoff in ms, with jitter. `attempts`: those that failed. */
function backoffStrategy(attempts: number): number {
  const { first, max } = INGEST_POLICY.retryDelayMs;
  return Math.min(first * 2 ** Math.min(attempts - 1, 16), max) * (0.5 + Math.random() / 2);
}
