import { DelayedError, Queue, Worker } from 'bullmq';
import type { Connection } from './connect.ts';

/** Lock policy of long work beside the ingest: a worker that is silent for this long has lost its job to another. */
export const BACKGROUND_POLICY = { lockDurationMs: 10_000, stalledIntervalMs: 3_000 } as const;

/** A queue of long work. Crashes and outages are waited out without limit: each step of it can be done again. */
export function openBackgroundQueue<Data>(
  name: string,
  options: {
    connection: Connection;
    prefix: string;
    retryDelayMs: number;
    /** jobs that are kept when they are done */
    keptDone: number;
  },
): Queue<Data> {
  const queue = new Queue<Data>(name, {
    connection: options.connection,
    prefix: options.prefix,
    streams: { events: { maxLen: 100 } },
    defaultJobOptions: {
      attempts: Number.MAX_SAFE_INTEGER,
      backoff: { type: 'fixed', delay: options.retryDelayMs },
      removeOnComplete: { count: options.keptDone },
      stackTraceLimit: 1,
    },
  });
  // Errors of the connection are reported by whoever made it.
  queue.on('error', () => {});
  return queue;
}

export interface BackgroundQueueOptions<Data> {
  connection: Connection;
  prefix: string;
  /** Goes on from where the job is. `save` keeps how far it has come. False: it was stopped, and goes on elsewhere. */
  process(job: Data, save: (job: Data) => Promise<void>): Promise<boolean>;
  onOutcome(outcome: 'completed' | 'failed' | 'stalled', error?: Error): void;
  onError(error: Error): void;
}

/** Runs `process` on each job of a queue, one at a time, as often as it takes until it is done. */
export function consumeBackgroundQueue<Data>(
  queue: string,
  options: BackgroundQueueOptions<Data>,
): { close(): Promise<void> } {
  const worker = new Worker<Data>(
    queue,
    async (job, token) => {
      if (await options.process(job.data, (data) => job.updateData(data))) return;
      await job.moveToDelayed(Date.now(), token);
      throw new DelayedError();
    },
    {
      connection: options.connection,
      prefix: options.prefix,
      concurrency: 1,
      lockDuration: BACKGROUND_POLICY.lockDurationMs,
      stalledInterval: BACKGROUND_POLICY.stalledIntervalMs,
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    },
  );
  worker.on('completed', () => options.onOutcome('completed'));
  worker.on('failed', (_job, error) => options.onOutcome('failed', error));
  worker.on('stalled', () => options.onOutcome('stalled'));
  worker.on('error', options.onError);
  return worker;
}
