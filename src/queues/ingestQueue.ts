import { DelayedError, type Job, Queue, Worker } from 'bullmq';
import type { Batch } from '../ingest/groupCommit.ts';
import { encodeJob, type IngestJob } from '../ingest/job.ts';
import { type Connection, QueueUnavailable } from './connect.ts';

export const INGEST_QUEUE = 'ingest';
/** What is beyond the orgs' shares waits in a queue of its own, so that workers always have room for the rest. */
export const OVERFLOW_QUEUE = 'overflow';

/**
 * Retry and lock policy of ingest jobs. A job is never given up: what is wrong with a record is the record's fault and
 * goes to the dead-letter queue, and everything else passes. So attempts and stalls are counted but not limited.
 */
export const INGEST_POLICY = {
  attempts: Number.MAX_SAFE_INTEGER,
  retryDelayMs: { first: 500, most: 30_000 },
  /** A worker that is silent for this long has lost its jobs to others. */
  lockDurationMs: 10_000,
  stalledIntervalMs: 3_000,
  /** By then, after the lock, the transaction of a lost worker has been ended by MongoDB. */
  lostJobDelayMs: 5_000,
  /** Redis' stream of events is for live views; nothing here reads far back. */
  keptEvents: 100,
} as const;

export interface IngestQueue {
  /** Adds each batch as one job. Resolves when Redis has them all. Throws QueueUnavailable. */
  send(batches: Batch[]): Promise<void>;
  /** rank 0, and all the others */
  queue: Queue<IngestJob>;
  overflow: Queue<IngestJob>;
  /** Jobs that are not done. */
  countJobs(): Promise<number>;
  close(): Promise<void>;
}

export function createIngestQueue(options: { connection: Connection; prefix: string }): IngestQueue {
  const queue = openQueue(INGEST_QUEUE, options);
  const overflow = openQueue(OVERFLOW_QUEUE, options);

  return {
    queue,
    overflow,
    async send(batches) {
      if (options.connection.status !== 'ready') throw new QueueUnavailable('Redis is not connected');
      try {
        await Promise.all([
          add(
            queue,
            batches.filter(({ priority }) => priority === 0),
          ),
          add(
            overflow,
            batches.filter(({ priority }) => priority > 0),
          ),
        ]);
      } catch (error) {
        throw new QueueUnavailable('Redis did not take the batch', { cause: error });
      }
    },
    async countJobs() {
      const counts = await Promise.all(
        [queue, overflow].map((one) => one.getJobCountByTypes('waiting', 'prioritized', 'active', 'delayed')),
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
    // BullMQ takes up the lowest number first.
    opts: priority > 0 ? { priority: priority } : {},
  }));
  if (jobs.length > 1) await queue.addBulk(jobs);
  else if (jobs[0]) await queue.add('batch', jobs[0].data, jobs[0].opts);
}

function openQueue(name: string, options: { connection: Connection; prefix: string }): Queue<IngestJob> {
  const queue = new Queue<IngestJob>(name, {
    connection: options.connection,
    prefix: options.prefix,
    streams: { events: { maxLen: INGEST_POLICY.keptEvents } },
    defaultJobOptions: {
      attempts: INGEST_POLICY.attempts,
      backoff: { type: 'ingest' },
      removeOnComplete: true,
      removeOnFail: false,
      stackTraceLimit: 1,
    },
  });
  // Errors of the connection are reported by whoever made it.
  queue.on('error', () => {});
  return queue;
}

export interface IngestWorker {
  /** Stops taking jobs, and resolves when those under way are done. */
  close(): Promise<void>;
}

export interface IngestWorkerOptions {
  connection: Connection;
  prefix: string;
  /** jobs under way at once, from each of the two queues */
  concurrency: { ingest: number; overflow: number };
  process(job: { id: string; data: unknown; rank: number; stalls: number }): Promise<void>;
  onOutcome(queue: string, outcome: 'completed' | 'failed' | 'stalled', error?: Error): void;
  onError(error: Error): void;
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
 * A worker that was lost leaves its records locked, for some seconds, by the transaction that it left open. Its jobs wait for
 * that in the queue rather than in another worker, where everything else would wait with them.
 */
async function delayAfterStall(job: Job<IngestJob>, token: string | undefined): Promise<void> {
  const { stalledCounter: stalls } = job;
  if (stalls === 0 || job.progress === stalls) return;
  await job.updateProgress(stalls);
  await job.moveToDelayed(Date.now() + INGEST_POLICY.lostJobDelayMs, token);
  throw new DelayedError();
}

function startWorker(queue: string, concurrency: number, options: IngestWorkerOptions): Worker<IngestJob> {
  const worker = new Worker<IngestJob>(
    queue,
    async (job: Job<IngestJob>, token) => {
      await delayAfterStall(job, token);
      await options.process({
        id: job.id ?? '',
        data: job.data,
        rank: job.priority,
        stalls: job.stalledCounter,
      });
    },
    {
      connection: options.connection,
      prefix: options.prefix,
      concurrency,
      lockDuration: INGEST_POLICY.lockDurationMs,
      stalledInterval: INGEST_POLICY.stalledIntervalMs,
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      settings: {
        backoffStrategy: (attempts) => {
          const { first, most } = INGEST_POLICY.retryDelayMs;
          return Math.min(first * 2 ** Math.min(attempts - 1, 16), most) * (0.5 + Math.random() / 2);
        },
      },
    },
  );
  worker.on('completed', () => options.onOutcome(queue, 'completed'));
  worker.on('failed', (_job, error) => options.onOutcome(queue, 'failed', error));
  worker.on('stalled', () => options.onOutcome(queue, 'stalled'));
  worker.on('error', options.onError);
  return worker;
}
