import type { Queue } from 'bullmq';
import { openBackgroundQueue } from './backgroundQueue.ts';
import type { Connection } from './connect.ts';

export const ERASURE_QUEUE = 'erasure';

/** Which erasure is to be done. What it is about, and how far it is, stands in the database only. */
export interface ErasureJob {
  version: 1;
  erasureId: string;
}

/** Crashes and outages are waited out without limit: each step can be done again. */
const POLICY = { retryDelayMs: 2_000, keptDone: 0 } as const;

export interface ErasureQueue {
  /** Has an erasure done. One that waits or is under way is that one. */
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
