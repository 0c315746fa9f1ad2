import type { Job, Queue } from 'bullmq';
import { openBackgroundQueue } from './backgroundQueue.ts';
import { type Connection, QueueUnavailable } from './connect.ts';

export const RETENTION_QUEUE = 'retention';

/** One run of retention over all scopes, and what it has done. */
export interface RetentionJob {
  version: 1;
  /** feedback that was removed, and texts */
  feedback: number;
  texts: number;
  /** UTC days of which something was removed, whose phrases are yet to be counted anew */
  days: string[];
}

export interface RetentionRun extends RetentionJob {
  id: string;
  isDone: boolean;
}

const POLICY = {
  retryDelayMs: 5_000,
  keptDone: 50,
} as const;
/** In the night of most of those whose data it is. */
const DAILY = { pattern: '0 3 * * *', tz: 'UTC' };

export interface RetentionQueue {
  /** Has it run once a day from now on; said by every worker that starts, and true once. */
  schedule(): Promise<void>;
  /** Asks for a run. Throws QueueUnavailable. */
  request(): Promise<RetentionRun>;
  find(id: string): Promise<RetentionRun | undefined>;
  queue: Queue<RetentionJob>;
  close(): Promise<void>;
}

const newJob = (): RetentionJob => ({ version: 1, feedback: 0, texts: 0, days: [] });

export function createRetentionQueue(options: { connection: Connection; prefix: string }): RetentionQueue {
  const queue = openBackgroundQueue<RetentionJob>(RETENTION_QUEUE, { ...options, ...POLICY });
  return {
    queue,
    async schedule() {
      await queue.upsertJobScheduler('daily', DAILY, { name: 'run', data: newJob() });
    },
    async request() {
      if (options.connection.status !== 'ready') throw new QueueUnavailable('Redis is not connected');
      return runOf(await queue.add('run', newJob()));
    },
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
