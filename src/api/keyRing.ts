import type { Scope } from '../models/accessKey.ts';
import { hashKey, listAccessKeys } from '../models/accessKeys.ts';
import type { Models } from '../models/database.ts';

/** Who is calling: what the key lets it do, and the one org it is bound to, if any. */
export interface Caller {
  scope: Scope;
  orgId: string | null;
}

/**
 * The keys that are valid now, in memory: a lookup costs no trip to MongoDB, and ingest goes on while MongoDB is away.
 * A new or revoked key is known within `REFRESH_MS`.
 */
export interface KeyRing {
  find(key: string): Caller | undefined;
  /** false until the stored keys have been read once */
  isLoaded(): boolean;
  refresh(): Promise<void>;
  close(): void;
}

const REFRESH_MS = 1_000;

export function createKeyRing(
  models: Models,
  bootstrap: Partial<Record<Scope, string | undefined>>,
): KeyRing {
  const fixed = new Map<string, Caller>();
  for (const [scope, key] of Object.entries(bootstrap) as [Scope, string | undefined][])
    if (key !== undefined) fixed.set(hashKey(key), { scope, orgId: null });
  let stored = new Map<string, Caller>();
  let loaded = false;

  async function refresh(): Promise<void> {
    const keys = await listAccessKeys(models);
    stored = new Map(
      keys.filter((key) => key.revokedAt === null).map(({ hash, scope, orgId }) => [hash, { scope, orgId }]),
    );
    loaded = true;
  }

  const timer = setInterval(() => void refresh().catch(() => {}), REFRESH_MS);
  timer.unref();
  return {
    // Looking up a hash takes the same time whatever part of the key is right.
    find(key) {
      const hash = hashKey(key);
      return fixed.get(hash) ?? stored.get(hash);
    },
    isLoaded: () => loaded,
    refresh,
    close: () => clearInterval(timer),
  };
}
