import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Group commit on the worker's side: jobs that wait for a writer are written together, so small jobs cost no more than
 * large ones. Each slot is one writer; it takes what waits, the lowest rank first and of each the oldest, writes it, and
 * takes again. A job is done when the batch that carries it is.
 *
 * What is of rank 0 is written by itself. The rest goes in smaller batches, with a breath after each in which jobs are
 * fetched for those that are done: so what comes in of rank 0 never waits long for a slot.
 */
export interface CommitSlots<Item> {
  /** Resolves when all of the items have been written. Rejects with what the write rejected with. */
  add(items: Item[], rank: number): Promise<void>;
}

const BREATH_MS = 3;

export function createCommitSlots<Item>(options: {
  /** One for each slot: writes a batch. */
  writers: ((items: Item[]) => Promise<void>)[];
  /** items in one batch: of rank 0, and of the others */
  maxBatch: { first: number; others: number };
}): CommitSlots<Item> {
  interface Waiting {
    rank: number;
    items: Item[];
    resolve(): void;
    reject(reason: unknown): void;
  }
  const waiting: Waiting[] = [];
  const idle = [...options.writers];

  function take(): Waiting[] {
    const taken: Waiting[] = [];
    let size = 0;
    const isFirst = waiting[0]?.rank === 0;
    const most = isFirst ? options.maxBatch.first : options.maxBatch.others;
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
      try {
        await write(taken.flatMap((one) => one.items));
        for (const one of taken) one.resolve();
      } catch (error) {
        for (const one of taken) one.reject(error);
      }
      if (waiting[0] && waiting[0].rank > 0) await sleep(BREATH_MS);
    }
    idle.push(write);
  }

  return {
    add(items, rank) {
      if (items.length === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const behind = waiting.findLastIndex((one) => one.rank <= rank);
        waiting.splice(behind + 1, 0, { rank, items, resolve, reject });
        const writer = idle.shift();
        if (writer) void run(writer);
      });
    },
  };
}
