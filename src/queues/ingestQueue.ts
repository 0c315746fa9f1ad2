import { type Job, Queue, Worker } from 'bullmq';
import type { Batch } from '../ingest/groupCommit.ts';
import { encodeJob, type IngestJob } from '../ingest/job.ts';
import { type Connection, QueueUnavailable } from './connect.ts';

export const INGEST_QUEUE = 'ingest';

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
  /** Redis' stream of events is for live views; nothing here reads far back. */
  keptEvents: 100,
} as const;

export interface IngestQueue {
  /** Adds each batch as one job. Resolves when Redis has them all. Throws QueueUnavailable. */
  send(batches: Batch[]): Promise<void>;
  queue: Queue<IngestJob>;
  close(): Promise<void>;
}

export function createIngestQueue(options: { connection: Connection; prefix: string }): IngestQueue {
  const queue = new Queue<IngestJob>(INGEST_QUEUE, {
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

  return {
    queue,
    async send(batches) {
      if (options.connection.status !== 'ready') throw new QueueUnavailable('Redis is not connected');
      try {
        const jobs = batches.map(({ rank, feedback }) => ({
          name: 'batch',
          data: encodeJob(feedback),
          // BullMQ takes up jobs without a priority first, then those of the lowest number.
          opts: rank > 0 ? { priority: rank } : {},
        }));
        if (jobs.length === 1) await queue.add('batch', jobs[0]!.data, jobs[0]!.opts);
        else await queue.addBulk(jobs);
      } catch (error) {
        throw new QueueUnavailable('Redis did not take the batch', { cause: error });
      }
    },
    close: () => queue.close(),
  };
}

export interface IngestWorker {
  /** Stops taking jobs, and resolves when those under way are done. */
  close(): Promise<void>;
}

export interface IngestWorkerOptions {
  connection: Connection;
  prefix: string;
  /** jobs under way at once */
  concurrency: number;
  process(job: { id: string; data: unknown; rank: number; stalls: number }): Promise<void>;
  onOutcome(outcome: 'completed' | 'failed' | 'stalled', error?: Error): void;
  onError(error: Error): void;
}

/** Runs `process` on every ingest job, at least once each. */
export function startIngestWorker(options: IngestWorkerOptions): IngestWorker {
  const worker = new Worker<IngestJob>(
    INGEST_QUEUE,
    async (job: Job<IngestJob>) => {
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
      concurrency: options.concurrency,
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
  worker.on('completed', () => options.onOutcome('completed'));
  worker.on('failed', (_job, error) => options.onOutcome('failed', error));
  worker.on('stalled', () => options.onOutcome('stalled'));
  worker.on('error', options.onError);
  return { close: () => worker.close() };
}
