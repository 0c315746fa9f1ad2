import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Group commit on the worker's side: jobs that wait for a writer are written together, so small jobs cost no more than
 * large ones. Each slot is one writer; it takes what waits, the lowest rank first and of each the oldest, writes it, and
 * takes again. A job is done when all of it is written.
 *
 * What is of rank 0 is written by itself. The rest fills the gaps: it is not begun while rank 0 is being written, since it
 * would slow that down, and as long as rank 0 keeps coming in it goes in small batches, one at a time, so that there is
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

const BREATH_MS = 3;
/** Rank 0 keeps coming in, until there has been none for so long. */
const LULL_MS = 1_000;

export function createCommitSlots<Item>(options: {
  /** One for each slot: writes a batch. */
  writers: ((items: Item[]) => Promise<void>)[];
  /** items in one batch: of rank 0, and of the others */
  maxBatch: MaxBatch;
}): CommitSlots<Item> {
  interface Waiting {
    rank: number;
    items: Item[];
    resolve(): void;
    reject(reason: unknown): void;
  }
  const { writers, maxBatch } = options;
  const waiting: Waiting[] = [];
  const idle = [...writers];
  const underWay = { first: 0, others: 0 };
  let lastFirstAt = Number.NEGATIVE_INFINITY;

  function take(): Waiting[] {
    const isFirst = waiting[0]?.rank === 0;
    const isLull = performance.now() - lastFirstAt > LULL_MS;
    if (!isFirst && (underWay.first > 0 || underWay.others >= (isLull ? writers.length : 1))) return [];
    const most = isFirst ? maxBatch.first : isLull ? maxBatch.others : maxBatch.gap;
    const taken: Waiting[] = [];
    let size = 0;
    while (
      waiting[0] &&
      (waiting[0].rank === 0) === isFirst &&
      (taken.length === 0 || size + waiting[0].items.length <= most)
    ) {
      const next = waiting.shift()!;
      taken.push(next);
      size += next.items.length;
    }
    return taken;
  }

  async function run(write: (items: Item[]) => Promise<void>): Promise<void> {
    // Jobs fetched in the same turn go together.
    await new Promise(setImmediate);
    for (let taken = take(); taken.length > 0; taken = take()) {
      const kind = taken[0]!.rank === 0 ? 'first' : 'others';
      if (kind === 'first') lastFirstAt = performance.now();
      underWay[kind]++;
      try {
        await write(taken.flatMap((one) => one.items));
        for (const one of taken) one.resolve();
      } catch (error) {
        for (const one of taken) one.reject(error);
      }
      underWay[kind]--;
      if (waiting[0] && waiting[0].rank > 0) await sleep(BREATH_MS);
    }
    idle.push(write);
  }

  function addPiece(items: Item[], rank: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const behind = waiting.findLastIndex((one) => one.rank <= rank);
      waiting.splice(behind + 1, 0, { rank, items, resolve, reject });
      const writer = idle.shift();
      if (writer) void run(writer);
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
