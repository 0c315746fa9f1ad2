import { DelayedError, type Job, Queue, Worker } from 'bullmq';
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
  lockDurationMs: 10_000,
  stalledIntervalMs: 3_000,
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
  const queue = new Queue<RetentionJob>(RETENTION_QUEUE, {
    connection: options.connection,
    prefix: options.prefix,
    streams: { events: { maxLen: 100 } },
    defaultJobOptions: {
      attempts: Number.MAX_SAFE_INTEGER,
      backoff: { type: 'fixed', delay: POLICY.retryDelayMs },
      removeOnComplete: { count: POLICY.keptDone },
      stackTraceLimit: 1,
    },
  });
  queue.on('error', () => {});
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

export interface RetentionWorkerOptions {
  connection: Connection;
  prefix: string;
  /** Goes on from where the job is. `save` keeps how far it has come. False: it was stopped, and goes on elsewhere. */
  process(job: RetentionJob, save: (job: RetentionJob) => Promise<void>): Promise<boolean>;
  onOutcome(outcome: 'completed' | 'failed' | 'stalled', error?: Error): void;
  onError(error: Error): void;
}

/** Runs `process` on each run, one at a time. */
export function startRetentionWorker(options: RetentionWorkerOptions): { close(): Promise<void> } {
  const worker = new Worker<RetentionJob>(
    RETENTION_QUEUE,
    async (job, token) => {
      if (await options.process(job.data, (data) => job.updateData(data))) return;
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
