import { DelayedError, Queue, Worker } from 'bullmq';
import type { Connection } from './connect.ts';

export const ERASURE_QUEUE = 'erasure';

/** Which erasure is to be done. What it is about, and how far it is, stands in the database only. */
export interface ErasureJob {
  version: 1;
  erasureId: string;
}

/** Crashes and outages are waited out without limit: each step can be done again. */
const POLICY = { retryDelayMs: 2_000, lockDurationMs: 10_000, stalledIntervalMs: 3_000 } as const;

export interface ErasureQueue {
  /** Has an erasure done. One that waits or is under way is that one. */
  request(erasureId: string): Promise<void>;
  queue: Queue<ErasureJob>;
  close(): Promise<void>;
}

export function createErasureQueue(options: { connection: Connection; prefix: string }): ErasureQueue {
  const queue = new Queue<ErasureJob>(ERASURE_QUEUE, {
    connection: options.connection,
    prefix: options.prefix,
    streams: { events: { maxLen: 100 } },
    defaultJobOptions: {
      attempts: Number.MAX_SAFE_INTEGER,
      backoff: { type: 'fixed', delay: POLICY.retryDelayMs },
      removeOnComplete: true,
      stackTraceLimit: 1,
    },
  });
  queue.on('error', () => {});
  return {
    queue,
    async request(erasureId) {
      await queue.add('erasure', { version: 1, erasureId }, { jobId: erasureId });
    },
    close: () => queue.close(),
  };
}

export interface ErasureWorkerOptions {
  connection: Connection;
  prefix: string;
  /** Goes on from where the erasure is. False: it was stopped, and goes on elsewhere. */
  process(erasureId: string): Promise<boolean>;
  onOutcome(outcome: 'completed' | 'failed' | 'stalled', error?: Error): void;
  onError(error: Error): void;
}

/** Runs `process` on each erasure, one at a time. */
export function startErasureWorker(options: ErasureWorkerOptions): { close(): Promise<void> } {
  const worker = new Worker<ErasureJob>(
    ERASURE_QUEUE,
    async (job, token) => {
      if (await options.process(job.data.erasureId)) return;
      await job.moveToDelayed(Date.now(), token);
      throw new DelayedError();
    },
    {
      connection: options.connection,
      prefix: options.prefix,
      concurrency: 1,
      lockDuration: POLICY.lockDurationMs,
      stalledInterval: POLICY.stalledIntervalMs,
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    },
  );
  worker.on('completed', () => options.onOutcome('completed'));
  worker.on('failed', (_job, error) => options.onOutcome('failed', error));
  worker.on('stalled', () => options.onOutcome('stalled'));
  worker.on('error', options.onError);
  return worker;
}
