/**
 * Which keys were used, written down in the background: what a request pays for it is an entry in a set. A key is written
 * at most once in `EVERY_MS`; what could not be written is tried again.
 */
export interface LastUsed {
  record(id: string): void;
  /** Writes those whose turn it is. Never rejects. */
  flush(now: Date): Promise<void>;
}

const EVERY_MS = 60_000;

export function createLastUsed(write: (uses: ReadonlyMap<string, Date>) => Promise<void>): LastUsed {
  const used = new Set<string>();
  const written = new Map<string, number>();
  let underWay = false;

  return {
    record: (id) => used.add(id),
    async flush(now) {
      for (const [id, at] of written) if (now.getTime() - at >= EVERY_MS) written.delete(id);
      const due = [...used].filter((id) => !written.has(id));
      if (underWay || due.length === 0) return;
      underWay = true;
      try {
        await write(new Map(due.map((id) => [id, now])));
        for (const id of due) {
          used.delete(id);
          written.set(id, now.getTime());
        }
      } catch {
        // They are in the set still.
      } finally {
        underWay = false;
      }
    },
  };
}
