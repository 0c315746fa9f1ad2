import type { Scope } from '../models/accessKey.ts';
import { hashKey, listAccessKeys } from '../models/accessKeys.ts';
import type { Models } from '../models/database.ts';

/** Who is calling: what the key lets it do, and the one org it is bound to, if any. */
export interface Caller {
  /** of the key; `bootstrap` for one from the environment */
  id: string;
  /** `id` is that of a person who is signed in, not of a key */
  kind?: 'person';
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
    if (key !== undefined) fixed.set(hashKey(key), { id: 'bootstrap', scope, orgId: null });
  let stored = new Map<string, Caller>();
  let loaded = false;
  let reads = 0;
  let newestRead = 0;
  let underWay = false;

  async function refresh(): Promise<void> {
    const read = ++reads;
    const keys = await listAccessKeys(models);
    // An answer that was overtaken by a later one may hold a key that has been revoked since.
    if (read < newestRead) return;
    newestRead = read;
    stored = new Map(
      keys
        .filter((key) => key.revokedAt === null)
        .map(({ _id, hash, scope, orgId }) => [hash, { id: _id, scope, orgId }]),
    );
    loaded = true;
  }

  // One at a time: while MongoDB hangs, reads of keys must not take up the connections of everyone else.
  async function refreshAgain(): Promise<void> {
    if (underWay) return;
    underWay = true;
    await refresh().catch(() => {});
    underWay = false;
  }

  const timer = setInterval(() => void refreshAgain(), REFRESH_MS);
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
