import { type JobsOptions, type Processor, Queue, Worker, type WorkerOptions } from 'bullmq';
import type { Connection } from './connect.ts';

export interface QueueOptions {
  connection: Connection;
  prefix: string;
}

/** The queues whose jobs workers run. */
export const WORKER_QUEUES = ['ingest', 'overflow', 'reanalysis', 'erasure', 'retention'] as const;
export type WorkerQueue = (typeof WORKER_QUEUES)[number];

export interface WorkerEvents {
  onOutcome(queue: WorkerQueue, outcome: 'completed' | 'failed' | 'stalled', error?: Error): void;
  onError(error: Error): void;
}

/** Max events in Redis' stream of a queue, which is for live views. */
const MAX_EVENTS = 100;
/** A worker that is silent for `lockDuration` ms loses its jobs to others. Stalls are counted, but not limited. */
const LOCK_POLICY = { lockDuration: 10_000, stalledInterval: 3_000, maxStalledCount: Number.MAX_SAFE_INTEGER };

export function openQueue<Data>(
  name: string,
  { connection, prefix }: QueueOptions,
  defaultJobOptions: JobsOptions = {},
): Queue<Data> {
  const streams = { events: { maxLen: MAX_EVENTS } };
  const queue = new Queue<Data>(name, { connection, prefix, streams, defaultJobOptions });
  // The owner of the connection reports its errors.
  queue.on('error', () => {});
  return queue;
}

export function startQueueWorker<Data>(
  queue: WorkerQueue,
  process: Processor<Data>,
  options: QueueOptions & WorkerEvents & Pick<WorkerOptions, 'concurrency' | 'settings'>,
): Worker<Data> {
  const { onOutcome, onError, ...workerOptions } = options;
  const worker = new Worker<Data>(queue, process, { ...workerOptions, ...LOCK_POLICY });
  worker.on('completed', () => onOutcome(queue, 'completed'));
  worker.on('failed', (_job, error) => onOutcome(queue, 'failed', error));
  worker.on('stalled', () => onOutcome(queue, 'stalled'));
  worker.on('error', onError);
  return worker;
}
