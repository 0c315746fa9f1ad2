import type { Models } from '../../models/database.ts';
import type { AccessKeyDocument, Scope } from '../../models/keys/keySchema.ts';
import { findValidKeys, hashKey, recordUse } from '../../models/keys/keys.ts';
import type { Caller } from '../caller.ts';
import { createLastUsed } from './lastUsed.ts';

/**
 * The keys that are valid now, in memory: a lookup costs no trip to MongoDB, and ingest goes on while MongoDB is away.
 * A new or revoked key is known within `REFRESH_MS`.
 */
export interface KeyCache {
  find(key: string): Caller | undefined;
  /** Whether some browser's key may be sent from this origin. */
  hasOrigin(origin: string): boolean;
  /** false until the stored keys have been read once */
  isLoaded(): boolean;
  refresh(): Promise<void>;
  close(): Promise<void>;
}

const REFRESH_MS = 1_000;
const LAST_FLUSH_MS = 1_000;

export function createKeyCache(
  models: Models,
  bootstrap: Partial<Record<Scope, string | undefined>>,
): KeyCache {
  const fixed = new Map<string, Caller>();
  for (const [scope, key] of Object.entries(bootstrap) as [Scope, string | undefined][])
    if (key !== undefined) fixed.set(hashKey(key), { id: 'bootstrap', scope, orgId: null });
  let stored = new Map<string, Caller>();
  let origins = new Set<string>();
  const use = createLastUsed((uses) => recordUse(models, uses));
  let loaded = false;
  let reads = 0;
  let newestRead = 0;
  let underWay = false;

  async function refresh(): Promise<void> {
    const read = ++reads;
    const keys = await findValidKeys(models, new Date());
    // An answer that was overtaken by a later one may hold a key that has been revoked since.
    if (read < newestRead) return;
    newestRead = read;
    stored = new Map(keys.map((key) => [key.hash, callerOf(key)]));
    origins = new Set(keys.flatMap((key) => key.origins));
    loaded = true;
  }

  // One at a time: while MongoDB hangs, reads of keys must not take up the connections of everyone else.
  async function refreshAgain(): Promise<void> {
    if (underWay) return;
    underWay = true;
    await refresh().catch(() => {});
    void use.flush(new Date());
    underWay = false;
  }

  /** Longer than MongoDB needs, where it answers; where it doesn't, the end of the process doesn't wait for it. */
  const lastFlush = () =>
    Promise.race([
      use.flush(new Date()),
      new Promise((resolve) => setTimeout(resolve, LAST_FLUSH_MS).unref()),
    ]);

  const timer = setInterval(() => void refreshAgain(), REFRESH_MS);
  timer.unref();
  return {
    // Looking up a hash takes the same time whatever part of the key is right.
    find(key) {
      const hash = hashKey(key);
      const caller = stored.get(hash);
      if (!caller) return fixed.get(hash);
      if (caller.expiresAt !== undefined && Date.now() >= caller.expiresAt) return undefined;
      use.record(caller.id);
      return caller;
    },
    hasOrigin: (origin) => origins.has(origin),
    isLoaded: () => loaded,
    refresh,
    async close() {
      clearInterval(timer);
      await lastFlush();
    },
  };
}

function callerOf({ _id: id, scope, orgId, origins, expiresAt }: AccessKeyDocument): Caller {
  return {
    id,
    scope,
    orgId,
    ...(origins.length > 0 && { origins }),
    ...(expiresAt && { expiresAt: expiresAt.getTime() }),
  };
}
