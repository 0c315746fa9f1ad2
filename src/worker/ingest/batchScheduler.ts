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
export interface CommitSlots<Item> {
  /** Resolves when all of the items have been written. Rejects with what the write rejected with. */
  add(items: Item[], rank: number): Promise<void>;
}

export interface MaxBatch {
  first: number;
  others: number;
  /** of the others, as long as rank 0 keeps coming in */
  gap: number;
}

export interface Pace {
  /** between the beginnings of two batches of rank 0 that are not full */
  ms: number;
  /** a batch is full, too, when it holds so many jobs */
  jobs: number;
}

const BREATH_MS = 3;
/** Rank 0 keeps coming in, until there has been none for so long. */
const LULL_MS = 1_000;

interface Waiting<Item> {
  rank: number;
  items: Item[];
  resolve(): void;
  reject(reason: unknown): void;
}

export function createCommitSlots<Item>(options: {
  /** One for each slot: writes a batch. */
  writers: ((items: Item[]) => Promise<void>)[];
  /** items in one batch: of rank 0, and of the others */
  maxBatch: MaxBatch;
  pace: Pace;
}): CommitSlots<Item> {
  const { writers, maxBatch, pace } = options;
  const first: Waiting<Item>[] = [];
  /** by rank */
  const others: Waiting<Item>[] = [];
  const idle = [...writers];
  const underWay = { first: 0, others: 0 };
  let lastFirstAt = Number.NEGATIVE_INFINITY;
  let isTimed = false;

  /** Milliseconds until the next batch of rank 0 may begin. */
  function untilFirst(): number {
    if (sizeOf(first) >= maxBatch.first || first.length >= pace.jobs) return 0;
    return Math.max(0, lastFirstAt + pace.ms - performance.now());
  }

  function take(): Waiting<Item>[] {
    if (first.length > 0) {
      const ms = untilFirst();
      if (ms === 0) return takeFirst();
      wakeIn(ms);
    }
    return takeOthers();
  }

  function takeFirst(): Waiting<Item>[] {
    lastFirstAt = performance.now();
    return upTo(first, maxBatch.first);
  }

  function takeOthers(): Waiting<Item>[] {
    const isLull = performance.now() - lastFirstAt > LULL_MS;
    if (underWay.first > 0 || underWay.others >= (isLull ? writers.length : 1)) return [];
    return upTo(others, isLull ? maxBatch.others : maxBatch.gap);
  }

  async function run(write: (items: Item[]) => Promise<void>): Promise<void> {
    // Jobs fetched in the same turn go together.
    await new Promise(setImmediate);
    for (let taken = take(); taken.length > 0; taken = take()) {
      const kind = taken[0]!.rank === 0 ? 'first' : 'others';
      underWay[kind]++;
      try {
        await write(taken.flatMap((one) => one.items));
        for (const one of taken) one.resolve();
      } catch (error) {
        for (const one of taken) one.reject(error);
      }
      underWay[kind]--;
      if (first.length === 0 && others.length > 0) await sleep(BREATH_MS);
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
      const one = { rank, items, resolve, reject };
      if (rank === 0) first.push(one);
      else others.splice(others.findLastIndex((other) => other.rank <= rank) + 1, 0, one);
      wake();
    });
  }

  return {
    async add(items, rank) {
      if (rank === 0) return items.length > 0 ? addPiece(items, rank) : undefined;
      const pieces: Promise<void>[] = [];
      for (let at = 0; at < items.length; at += maxBatch.gap)
        pieces.push(addPiece(items.slice(at, at + maxBatch.gap), rank));
      await Promise.all(pieces);
    },
  };
}

/** Takes from the front as many as hold no more than `most` items, and one at least. */
function upTo<Item>(waiting: Waiting<Item>[], most: number): Waiting<Item>[] {
  let size = 0;
  let count = 0;
  for (const { items } of waiting) {
    size += items.length;
    if (count > 0 && size > most) break;
    count++;
  }
  return waiting.splice(0, count);
}

const sizeOf = <Item>(some: Waiting<Item>[]) => some.reduce((sum, { items }) => sum + items.length, 0);
