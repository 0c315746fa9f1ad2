import type { Queue } from 'bullmq';
import { openBackgroundQueue } from './backgroundQueue.ts';
import type { Connection } from './connect.ts';

export const ERASURE_QUEUE = 'erasure';

/** A reference to an erasure, whose subject and progress are in the database only. */
export interface ErasureJob {
  version: 1;
  erasureId: string;
}

/** Attempts are unlimited: each step can be repeated after a crash or an outage. */
const POLICY = { retryDelayMs: 2_000, keptDone: 0 } as const;

export interface ErasureQueue {
  /** Requests the erasure. Does nothing if its job waits or runs already. */
  request(erasureId: string): Promise<void>;
  queue: Queue<ErasureJob>;
  close(): Promise<void>;
}

export function createErasureQueue(options: { connection: Connection; prefix: string }): ErasureQueue {
  const queue = openBackgroundQueue<ErasureJob>(ERASURE_QUEUE, { ...options, ...POLICY });
  return {
    queue,
    async request(erasureId) {
      await queue.add('erasure', { version: 1, erasureId }, { jobId: erasureId });
    },
    close: () => queue.close(),
  };
}
