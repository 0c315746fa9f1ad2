import type { Queue } from 'bullmq';
import { openBackgroundQueue } from './backgroundQueue.ts';
import type { QueueOptions } from './openQueue.ts';

export const IMPORT_QUEUE = 'import';

/** A reference to an import, whose file, state and progress are in the database only. */
export interface ImportJob {
  version: 1;
  importId: string;
}

export interface ImportQueue {
  /** Wakes a worker for an import or its undo. Does nothing if its job waits or runs already. */
  request(importId: string): Promise<void>;
  /** Number of imports that wait for a worker. */
  countWaiting(): Promise<number>;
  /** Number of workers that take jobs of this queue, in all processes. */
  countWorkers(): Promise<number>;
  queue: Queue<ImportJob>;
  close(): Promise<void>;
}

export function createImportQueue(options: QueueOptions): ImportQueue {
  const queue = openBackgroundQueue<ImportJob>(IMPORT_QUEUE, options, { retryDelayMs: 2_000, keptDone: 0 });
  return {
    queue,
    async request(importId) {
      await queue.add('import', { version: 1, importId }, { jobId: importId });
    },
    countWaiting: () => queue.getWaitingCount(),
    countWorkers: () => queue.getWorkersCount(),
    close: () => queue.close(),
  };
}
