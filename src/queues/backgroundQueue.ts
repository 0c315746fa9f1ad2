import { DelayedError, type Queue } from 'bullmq';
import { openQueue, type QueueOptions, startQueueWorker, type WorkerEvents, type WorkerQueue } from './openQueue.ts';

/**
 * Opens a queue of background jobs, and keeps the last `keptDone` finished ones. Attempts are unlimited: each step can be
 * repeated after a crash or an outage.
 */
export function openBackgroundQueue<Data>(
  name: string,
  options: QueueOptions,
  { retryDelayMs, keptDone }: { retryDelayMs: number; keptDone: number },
): Queue<Data> {
  return openQueue<Data>(name, options, {
    attempts: Number.MAX_SAFE_INTEGER,
    backoff: { type: 'fixed', delay: retryDelayMs },
    removeOnComplete: { count: keptDone },
    stackTraceLimit: 1,
  });
}

export interface BackgroundQueueOptions<Data> extends QueueOptions, WorkerEvents {
  /** Resumes a job. `save` stores its progress. False: it was stopped, and resumes in another worker. */
  process(job: Data, save: (job: Data) => Promise<void>): Promise<boolean>;
}

/** Runs `process` on each job of a queue, one at a time, until the job is done. */
export function consumeBackgroundQueue<Data>(
  queue: WorkerQueue,
  { process, ...options }: BackgroundQueueOptions<Data>,
): { close(): Promise<void> } {
  return startQueueWorker<Data>(
    queue,
    async (job, token) => {
      if (await process(job.data, (data) => job.updateData(data))) return;
      await job.moveToDelayed(Date.now(), token);
      throw new DelayedError();
    },
    { ...options, concurrency: 1 },
  );
}
