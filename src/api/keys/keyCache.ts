import type { Models } from '../../models/database.ts';
import type { AccessKeyDocument, Scope } from '../../models/keys/keySchema.ts';
import { findValidKeys, recordUse } from '../../models/keys/keys.ts';
import { matchesOrigin, usableOrigins } from '../../models/keys/origins.ts';
import { createPolledCache } from '../../models/polledCache.ts';
import { hashToken } from '../../models/token.ts';
import { BOOTSTRAP_ID, type Caller } from '../caller.ts';
import { createLastUsed } from './lastUsed.ts';

/**
 * The valid keys in memory. A lookup needs no round trip, and ingest goes on while MongoDB is away. A new or revoked key
 * is known within `REFRESH_MS`.
 */
export interface KeyCache {
  /** `nowMs`: epoch ms */
  find(key: string, nowMs: number): Caller | undefined;
  /** Whether a browser's key may be sent from this origin. */
  hasOrigin(origin: string): boolean;
  /** false until the stored keys have been read once */
  isLoaded(): boolean;
  refresh(): Promise<void>;
  close(): Promise<void>;
}

const REFRESH_MS = 1_000;
/** Max ms that the end of the process waits for MongoDB to record the last uses. */
const LAST_FLUSH_MS = 1_000;

/** `bootstrap`: keys from the environment, by scope */
export function createKeyCache(models: Models, bootstrap: Partial<Record<Scope, string | undefined>>): KeyCache {
  const fixed = new Map<string, Caller>();
  for (const [scope, key] of Object.entries(bootstrap) as [Scope, string | undefined][])
    if (key !== undefined) fixed.set(hashToken(key), { id: BOOTSTRAP_ID, scope, orgId: null });
  const stored = createPolledCache({
    initial: indexKeys([]),
    read: async () => indexKeys(await findValidKeys(models, new Date())),
    intervalMs: REFRESH_MS,
  });
  const lastUsed = createLastUsed((uses) => recordUse(models, uses));
  const flushTimer = setInterval(() => void lastUsed.flush(new Date()), REFRESH_MS).unref();

  return {
    // Comparing hashes takes the same time however much of a guessed key is right.
    find(key, nowMs) {
      const hash = hashToken(key);
      const caller = stored.current().callers.get(hash);
      if (!caller) return fixed.get(hash);
      if (caller.expiresAt !== undefined && nowMs >= caller.expiresAt) return undefined;
      lastUsed.record(caller.id);
      return caller;
    },
    hasOrigin: (origin) => matchesOrigin(origin, stored.current().origins),
    isLoaded: stored.isLoaded,
    refresh: stored.refresh,
    async close() {
      stored.close();
      clearInterval(flushTimer);
      const timeout = new Promise((resolve) => setTimeout(resolve, LAST_FLUSH_MS).unref());
      await Promise.race([lastUsed.flush(new Date()), timeout]);
    },
  };
}

function indexKeys(keys: readonly AccessKeyDocument[]) {
  return {
    /** callers by hash of the key */
    callers: new Map(keys.map((key) => [key.hash, callerOf(key)])),
    origins: usableOrigins(keys.flatMap((key) => key.origins)),
  };
}

function callerOf({ _id: id, scope, orgId, origins, expiresAt }: AccessKeyDocument): Caller {
  return {
    id,
    scope,
    orgId,
    ...(origins.length > 0 && { origins: usableOrigins(origins) }),
    ...(expiresAt && { expiresAt: expiresAt.getTime() }),
  };
}
