import type { Queue } from 'bullmq';
import { openBackgroundQueue } from './backgroundQueue.ts';
import type { QueueOptions } from './openQueue.ts';

export const ERASURE_QUEUE = 'erasure';

/** A reference to an erasure, whose subject and progress are in the database only. */
export interface ErasureJob {
  version: 1;
  erasureId: string;
}

export interface ErasureQueue {
  /** Requests the erasure. Does nothing if its job waits or runs already. */
  request(erasureId: string): Promise<void>;
  queue: Queue<ErasureJob>;
  close(): Promise<void>;
}

export function createErasureQueue(options: QueueOptions): ErasureQueue {
  const queue = openBackgroundQueue<ErasureJob>(ERASURE_QUEUE, options, { retryDelayMs: 2_000, keptDone: 0 });
  return {
    queue,
    async request(erasureId) {
      await queue.add('erasure', { version: 1, erasureId }, { jobId: erasureId });
    },
    close: () => queue.close(),
  };
}
