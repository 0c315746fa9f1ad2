/** Feedback within its org's share, or beyond it (overflow). */
export type BatchKind = 'withinShare' | 'overflow';

/**
 * Decides which waiting jobs are written together, and when (group commit). As a result, a number of small jobs costs
 * no more than one large job.
 * Each writer runs one transaction at a time, in these steps:
 *
 * 1. Wait for the end of the event-loop iteration, so that jobs fetched in it are written together.
 * 2. Take a batch within the shares if one may start, else an overflow batch if one may start. Without a batch, go idle.
 * 3. Write it. Its jobs are resolved, or rejected with the error of the write. Continue at 2.
 *
 * A batch is of one of two kinds:
 * - Within share. Batches start at least `minIntervalMs` apart unless they are full (pacing). So a lone job is written
 *   at once, and steady traffic is written in fewer, larger transactions.
 * - Overflow. No overflow batch starts while a batch within the shares is being written, since it would slow that batch
 *   down. While traffic within the shares keeps arriving, one small batch runs at a time, so a writer is free soon.
 *
 * Invariants: jobs of one kind are taken in order of arrival, and a batch never mixes the two kinds.
 */
export interface BatchScheduler<Item> {
  /** Resolves when all items are written. Rejects with the error of the write. */
  enqueue(items: Item[], kind: BatchKind): Promise<void>;
}

/** Max items in one batch. A batch always takes at least one job. */
export interface MaxBatch {
  withinShare: number;
  overflow: number;
  /** overflow, while traffic within the shares keeps arriving */
  overflowWhileBusy: number;
}

export interface Pacing {
  /** min milliseconds between the starts of two batches within the shares that are not full */
  minIntervalMs: number;
  /** jobs that make a batch full, even with fewer items than `maxBatch` */
  fullJobs: number;
}

/** For this long after the start of a batch within the shares, traffic within the shares counts as arriving. */
const QUIET_MS = 1_000;

interface WaitingJob<Item> {
  items: Item[];
  resolve(): void;
  reject(reason: unknown): void;
}

export function createBatchScheduler<Item>(options: {
  /** each writes one batch at a time */
  writers: ((items: Item[]) => Promise<void>)[];
  maxBatch: MaxBatch;
  pacing: Pacing;
}): BatchScheduler<Item> {
  const { writers, maxBatch, pacing } = options;
  const waiting: Record<BatchKind, WaitingJob<Item>[]> = { withinShare: [], overflow: [] };
  const idle = [...writers];
  const running = { withinShare: 0, overflow: 0 };
  let lastStartMs = Number.NEGATIVE_INFINITY;
  let isTimerSet = false;

  /** Milliseconds until the next batch within the shares may start. */
  function pacingMs(): number {
    const { withinShare } = waiting;
    if (withinShare.length >= pacing.fullJobs || countItems(withinShare) >= maxBatch.withinShare) return 0;
    return Math.max(0, lastStartMs + pacing.minIntervalMs - performance.now());
  }

  function takeWithinShare(): WaitingJob<Item>[] {
    if (waiting.withinShare.length === 0) return [];
    const ms = pacingMs();
    if (ms > 0) {
      wakeIn(ms);
      return [];
    }
    lastStartMs = performance.now();
    return takeUpTo(waiting.withinShare, maxBatch.withinShare);
  }

  function takeOverflow(): WaitingJob<Item>[] {
    const isQuiet = performance.now() - lastStartMs > QUIET_MS;
    if (running.withinShare > 0 || running.overflow >= (isQuiet ? writers.length : 1)) return [];
    return takeUpTo(waiting.overflow, isQuiet ? maxBatch.overflow : maxBatch.overflowWhileBusy);
  }

  async function run(write: (items: Item[]) => Promise<void>): Promise<void> {
    await new Promise(setImmediate);
    for (;;) {
      let kind: BatchKind = 'withinShare';
      let batch = takeWithinShare();
      if (batch.length === 0) {
        kind = 'overflow';
        batch = takeOverflow();
      }
      if (batch.length === 0) break;
      running[kind]++;
      try {
        await write(batch.flatMap(({ items }) => items));
        for (const job of batch) job.resolve();
      } catch (error) {
        for (const job of batch) job.reject(error);
      }
      running[kind]--;
    }
    idle.push(write);
  }

  function wakeIn(ms: number): void {
    if (isTimerSet) return;
    isTimerSet = true;
    setTimeout(() => {
      isTimerSet = false;
      wake();
    }, ms).unref();
  }

  function wake(): void {
    const writer = idle.shift();
    if (writer) void run(writer);
  }

  function add(items: Item[], kind: BatchKind): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting[kind].push({ items, resolve, reject });
      wake();
    });
  }

  return {
    async enqueue(items, kind) {
      if (kind === 'withinShare') return items.length > 0 ? add(items, kind) : undefined;
      // Split, so that a large overflow job does not make a large batch.
      const pieces: Promise<void>[] = [];
      for (let offset = 0; offset < items.length; offset += maxBatch.overflowWhileBusy)
        pieces.push(add(items.slice(offset, offset + maxBatch.overflowWhileBusy), kind));
      await Promise.all(pieces);
    },
  };
}

function countItems<Item>(jobs: WaitingJob<Item>[]): number {
  return jobs.reduce((sum, { items }) => sum + items.length, 0);
}

/** Takes jobs from the front: at least one, then more while all of them together hold at most `maxItems` items. */
function takeUpTo<Item>(waiting: WaitingJob<Item>[], maxItems: number): WaitingJob<Item>[] {
  let size = 0;
  let count = 0;
  for (const { items } of waiting) {
    size += items.length;
    if (count > 0 && size > maxItems) break;
    count++;
  }
  return waiting.splice(0, count);
}
