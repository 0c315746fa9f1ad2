import type { Job, Queue } from 'bullmq';
import { openBackgroundQueue } from './backgroundQueue.ts';
import { orUnavailable } from './connect.ts';
import type { QueueOptions } from './openQueue.ts';

export const RETENTION_QUEUE = 'retention';

/** One run of retention over all scopes, and its progress. */
export interface RetentionJob {
  version: 1;
  /** number of feedback removed */
  feedback: number;
  /** number of texts removed */
  texts: number;
  /** UTC days whose phrases must be counted again, since feedback of that day was removed */
  days: string[];
}

export interface RetentionRun extends RetentionJob {
  id: string;
  isDone: boolean;
}

/** 03:00 UTC, a time of little traffic. */
const DAILY = { pattern: '0 3 * * *', tz: 'UTC' };

export interface RetentionQueue {
  /** Schedules a daily run. Every worker calls it when it starts; the schedule exists once. */
  schedule(): Promise<void>;
  /** Requests a run now. Throws QueueUnavailable. */
  request(): Promise<RetentionRun>;
  find(id: string): Promise<RetentionRun | undefined>;
  queue: Queue<RetentionJob>;
  close(): Promise<void>;
}

const newJob = (): RetentionJob => ({ version: 1, feedback: 0, texts: 0, days: [] });

export function createRetentionQueue(options: QueueOptions): RetentionQueue {
  const queue = openBackgroundQueue<RetentionJob>(RETENTION_QUEUE, options, { retryDelayMs: 5_000, keptDone: 50 });
  return {
    queue,
    async schedule() {
      await queue.upsertJobScheduler('daily', DAILY, { name: 'run', data: newJob() });
    },
    request: () => orUnavailable(options.connection, async () => runOf(await queue.add('run', newJob()))),
    async find(id) {
      const job = await queue.getJob(id);
      return job && runOf(job);
    },
    close: () => queue.close(),
  };
}

const runOf = (job: Job<RetentionJob>): RetentionRun => ({
  ...job.data,
  id: job.id ?? '',
  isDone: job.finishedOn !== undefined,
});
