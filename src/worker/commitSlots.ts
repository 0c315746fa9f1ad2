/**
 * Group commit on the worker's side: jobs that wait for a writer are written together, so small jobs cost no more than
 * large ones. Each slot is one writer; it takes what waits, the lowest rank first and of each the oldest, up to
 * `maxBatch` records, writes it, and takes again. A job is done when the batch that carries it is.
 */
export interface CommitSlots<Item> {
  /** Resolves when all of the items have been written. Rejects with what the write rejected with. */
  add(items: Item[], rank: number): Promise<void>;
}

export function createCommitSlots<Item>(options: {
  /** One for each slot: writes a batch. */
  writers: ((items: Item[]) => Promise<void>)[];
  maxBatch: number;
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
    while (waiting[0] && (taken.length === 0 || size + waiting[0].items.length <= options.maxBatch)) {
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
