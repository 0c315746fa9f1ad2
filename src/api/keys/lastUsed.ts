/**
 * Records when keys were last used, in the background: a request only adds to a set. A key is written at most once per
 * `INTERVAL_MS`, and a failed write is tried again.
 */
export interface LastUsed {
  record(id: string): void;
  /** Writes the keys used since their last write. Never rejects. */
  flush(now: Date): Promise<void>;
}

const INTERVAL_MS = 60_000;

export function createLastUsed(write: (uses: ReadonlyMap<string, Date>) => Promise<void>): LastUsed {
  const used = new Set<string>();
  const writtenMs = new Map<string, number>();
  let isFlushing = false;

  return {
    record: (id) => used.add(id),
    async flush(now) {
      const nowMs = now.getTime();
      for (const [id, lastMs] of writtenMs) if (nowMs - lastMs >= INTERVAL_MS) writtenMs.delete(id);
      const ids = [...used].filter((id) => !writtenMs.has(id));
      if (isFlushing || ids.length === 0) return;
      isFlushing = true;
      try {
        await write(new Map(ids.map((id) => [id, now])));
        for (const id of ids) {
          used.delete(id);
          writtenMs.set(id, nowMs);
        }
      } catch {
        // The ids are still in the set.
      } finally {
        isFlushing = false;
      }
    },
  };
}
