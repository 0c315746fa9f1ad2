/**
 * Decides which waiting jobs are written together, and when (group commit). Small jobs then cost no more than large ones.
 * Each writer runs one transaction at a time, in these steps:
 *
 * 1. Wait for the end of the event-loop iteration, so that jobs fetched in it are written together.
 * 2. Take a batch: of priority 0 if one may start, else of the overflow if one may start. Without a batch, go idle.
 * 3. Write it. Its jobs are resolved, or rejected with the error of the write. Continue at 2.
 *
 * A batch is of one of two kinds:
 * - Priority 0, from orgs within their share. Batches start at least `minIntervalMs` apart unless they are full, so a single
 *   job is written at once, and steady traffic in fewer, larger transactions (pacing).
 * - Overflow, of higher numbers, the lowest first. No batch starts while one of priority 0 is written, since it would slow
 *   it down. While priority 0 keeps arriving, one small batch runs at a time, so that a writer is always free soon.
 *
 * Invariants: jobs of one priority are taken in order of arrival, and a batch never mixes the two kinds.
 */
export interface BatchScheduler<Item> {
  /** Resolves when all items are written. Rejects with the error of the write. */
  enqueue(items: Item[], priority: number): Promise<void>;
}

/** Max items in one batch. A batch always takes at least one job. */
export interface MaxBatch {
  withinShare: number;
  overflow: number;
  /** overflow, while priority 0 keeps arriving */
  overflowWhileBusy: number;
}

export interface Pacing {
  /** min milliseconds between the starts of two priority-0 batches that are not full */
  minIntervalMs: number;
  /** a batch of this many jobs is full, too */
  fullJobs: number;
}

/** Time without a priority-0 batch after which priority 0 no longer counts as arriving. */
const QUIET_MS = 1_000;

interface WaitingJob<Item> {
  priority: number;
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
  const withinShare: WaitingJob<Item>[] = [];
  /** by priority, and in order of arrival */
  const overflow: WaitingJob<Item>[] = [];
  const idle = [...writers];
  const running = { withinShare: 0, overflow: 0 };
  let lastStartMs = Number.NEGATIVE_INFINITY;
  let isTimerSet = false;

  /** Milliseconds until the next priority-0 batch may start. */
  function pacingMs(): number {
    if (withinShare.length >= pacing.fullJobs || countItems(withinShare) >= maxBatch.withinShare) return 0;
    return Math.max(0, lastStartMs + pacing.minIntervalMs - performance.now());
  }

  function take(): WaitingJob<Item>[] {
    if (withinShare.length > 0) {
      const ms = pacingMs();
      if (ms === 0) {
        lastStartMs = performance.now();
        return takeUpTo(withinShare, maxBatch.withinShare);
      }
      wakeIn(ms);
    }
    return takeOverflow();
  }

  function takeOverflow(): WaitingJob<Item>[] {
    const isQuiet = performance.now() - lastStartMs > QUIET_MS;
    if (running.withinShare > 0 || running.overflow >= (isQuiet ? writers.length : 1)) return [];
    return takeUpTo(overflow, isQuiet ? maxBatch.overflow : maxBatch.overflowWhileBusy);
  }

  async function run(write: (items: Item[]) => Promise<void>): Promise<void> {
    await new Promise(setImmediate);
    for (let batch = take(); batch.length > 0; batch = take()) {
      const kind = batch[0]!.priority === 0 ? 'withinShare' : 'overflow';
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

  function add(items: Item[], priority: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const job = { priority, items, resolve, reject };
      if (priority === 0) withinShare.push(job);
      else overflow.splice(overflow.findLastIndex((other) => other.priority <= priority) + 1, 0, job);
      wake();
    });
  }

  return {
    async enqueue(items, priority) {
      if (priority === 0) return items.length > 0 ? add(items, priority) : undefined;
      // In pieces, so that a large job does not make a batch large.
      const pieces: Promise<void>[] = [];
      for (let offset = 0; offset < items.length; offset += maxBatch.overflowWhileBusy)
        pieces.push(add(items.slice(offset, offset + maxBatch.overflowWhileBusy), priority));
      await Promise.all(pieces);
    },
  };
}

function countItems<Item>(jobs: WaitingJob<Item>[]): number {
  return jobs.reduce((sum, { items }) => sum + items.length, 0);
}

/** Takes jobs from the front that hold at most `maxItems` together, and at least one job. */
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
