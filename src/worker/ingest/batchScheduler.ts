import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Group commit on the worker's side: jobs that wait for a writer are written together, so small jobs cost no more than
 * large ones. Each slot is one writer; it takes what waits, the lowest rank first and of each the oldest, writes it, and
 * takes again. A job is done when all of it is written.
 *
 * What is of rank 0 is written by itself, and at a pace: after a batch of it has begun, the next begins only when it is
 * full or some time has passed. What comes now and then is written at once; what keeps coming is written in fewer, larger
 * transactions, which leaves time for the rest. The rest fills the gaps: it is not begun while rank 0 is being written, since
 * it would slow that down, and as long as rank 0 keeps coming in it goes in small batches, one at a time, so that there is
 * always a free slot and little under way. After each there is a breath, in which jobs are fetched for those that are done.
 */
export interface BatchScheduler<Item> {
  /** Resolves when all of the items have been written. Rejects with what the write rejected with. */
  enqueue(items: Item[], rank: number): Promise<void>;
}

export interface MaxBatch {
  withinShare: number;
  overflow: number;
  /** of the others, as long as rank 0 keeps coming in */
  overflowWhileBusy: number;
}

export interface Pacing {
  /** between the beginnings of two batches of rank 0 that are not full */
  minIntervalMs: number;
  /** a batch is full, too, when it holds so many jobs */
  fullJobs: number;
}

const YIELD_MS = 3;
/** Rank 0 keeps coming in, until there has been none for so long. */
const QUIET_MS = 1_000;

interface WaitingItems<Item> {
  priority: number;
  items: Item[];
  resolve(): void;
  reject(reason: unknown): void;
}

export function createBatchScheduler<Item>(options: {
  /** One for each slot: writes a batch. */
  writers: ((items: Item[]) => Promise<void>)[];
  /** items in one batch: of rank 0, and of the others */
  maxBatch: MaxBatch;
  pace: Pacing;
}): BatchScheduler<Item> {
  const { writers, maxBatch, pace } = options;
  const first: WaitingItems<Item>[] = [];
  /** by rank */
  const others: WaitingItems<Item>[] = [];
  const idle = [...writers];
  const underWay = { first: 0, others: 0 };
  let lastFirstAt = Number.NEGATIVE_INFINITY;
  let isTimed = false;

  /** Milliseconds until the next batch of rank 0 may begin. */
  function untilFirst(): number {
    if (sizeOf(first) >= maxBatch.withinShare || first.length >= pace.fullJobs) return 0;
    return Math.max(0, lastFirstAt + pace.minIntervalMs - performance.now());
  }

  function take(): WaitingItems<Item>[] {
    if (first.length > 0) {
      const ms = untilFirst();
      if (ms === 0) return takeFirst();
      wakeIn(ms);
    }
    return takeOthers();
  }

  function takeFirst(): WaitingItems<Item>[] {
    lastFirstAt = performance.now();
    return takeUpTo(first, maxBatch.withinShare);
  }

  function takeOthers(): WaitingItems<Item>[] {
    const isLull = performance.now() - lastFirstAt > QUIET_MS;
    if (underWay.first > 0 || underWay.others >= (isLull ? writers.length : 1)) return [];
    return takeUpTo(others, isLull ? maxBatch.overflow : maxBatch.overflowWhileBusy);
  }

  async function run(write: (items: Item[]) => Promise<void>): Promise<void> {
    // Jobs fetched in the same turn go together.
    await new Promise(setImmediate);
    for (let taken = take(); taken.length > 0; taken = take()) {
      const kind = taken[0]!.priority === 0 ? 'first' : 'others';
      underWay[kind]++;
      try {
        await write(taken.flatMap((one) => one.items));
        for (const one of taken) one.resolve();
      } catch (error) {
        for (const one of taken) one.reject(error);
      }
      underWay[kind]--;
      if (first.length === 0 && others.length > 0) await sleep(YIELD_MS);
    }
    idle.push(write);
  }

  function wakeIn(ms: number): void {
    if (isTimed) return;
    isTimed = true;
    setTimeout(() => {
      isTimed = false;
      wake();
    }, ms).unref();
  }

  function wake(): void {
    const writer = idle.shift();
    if (writer) void run(writer);
  }

  function addPiece(items: Item[], rank: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const one = { priority: rank, items, resolve, reject };
      if (rank === 0) first.push(one);
      else others.splice(others.findLastIndex((other) => other.priority <= rank) + 1, 0, one);
      wake();
    });
  }

  return {
    async enqueue(items, rank) {
      if (rank === 0) return items.length > 0 ? addPiece(items, rank) : undefined;
      const pieces: Promise<void>[] = [];
      for (let at = 0; at < items.length; at += maxBatch.overflowWhileBusy)
        pieces.push(addPiece(items.slice(at, at + maxBatch.overflowWhileBusy), rank));
      await Promise.all(pieces);
    },
  };
}

/** Takes from the front as many as hold no more than `most` items, and one at least. */
function takeUpTo<Item>(waiting: WaitingItems<Item>[], most: number): WaitingItems<Item>[] {
  let size = 0;
  let count = 0;
  for (const { items } of waiting) {
    size += items.length;
    if (count > 0 && size > most) break;
    count++;
  }
  return waiting.splice(0, count);
}

const sizeOf = <Item>(some: WaitingItems<Item>[]) => some.reduce((sum, { items }) => sum + items.length, 0);
