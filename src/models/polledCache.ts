/** A stored value kept in memory: looking at it takes no round trip, and works while the database is away. */
export interface PolledCache<Value> {
  /** The newest value read; the initial one before the first read. */
  current(): Value;
  isLoaded(): boolean;
  /** Reads now if nothing has been read yet. Throws what `read` throws. */
  load(): Promise<void>;
  /**
   * Starts a read of its own, so that the value includes every write made before the call. Throws what `read` throws,
   * and then keeps the value.
   */
  refresh(): Promise<void>;
  /** Ends the polling. */
  close(): void;
}

/** Reads once per interval. A poll that fails keeps the value, and the next one tries again. */
export function createPolledCache<Value>({
  initial,
  read,
  intervalMs,
}: {
  initial: Value;
  read(): Promise<Value>;
  intervalMs: number;
}): PolledCache<Value> {
  let value = initial;
  let lastRead = 0;
  /** 0: the initial value */
  let newestRead = 0;
  let isPolling = false;

  async function refresh(): Promise<void> {
    const order = ++lastRead;
    const found = await read();
    // Reads can overtake each other. An older result must not replace a newer one: it may hold a key revoked since.
    if (order < newestRead) return;
    newestRead = order;
    value = found;
  }

  // One poll at a time: while the database hangs, polls must not take up the connection pool.
  async function poll(): Promise<void> {
    if (isPolling) return;
    isPolling = true;
    await refresh().catch(() => {});
    isPolling = false;
  }

  const isLoaded = () => newestRead > 0;
  const timer = setInterval(() => void poll(), intervalMs).unref();
  return {
    current: () => value,
    isLoaded,
    async load() {
      if (!isLoaded()) await refresh();
    },
    refresh,
    close: () => clearInterval(timer),
  };
}
