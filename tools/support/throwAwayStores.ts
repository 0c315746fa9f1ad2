import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findServer } from '../../src/stores/binaries/findServer.ts';
import { MONGODB, REDIS } from '../../src/stores/binaries/serverKind.ts';
import type { RunningStore } from '../../src/stores/embedded/runningStore.ts';
import { startMongod } from '../../src/stores/embedded/startMongod.ts';
import { startRedis } from '../../src/stores/embedded/startRedis.ts';
import type { Report } from '../../src/stores/storesOptions.ts';
import { type RestartingStore, startRestarting } from './restartingStore.ts';

export interface StoreBinaries {
  redis: string;
  mongodb: string;
}

/** A Redis and a mongod on a folder that is removed when they stop. Killed ones are restarted. */
export interface ThrowAwayStores {
  redis: RestartingStore;
  mongodb: RestartingStore;
  dataDir: string;
  /** Starts a second Redis that syncs once a second, for comparison. */
  startEverysecRedis(): Promise<RunningStore>;
  /** Stops the servers that `redis` and `mongodb` hold at the time, and removes their data. */
  stop(): Promise<void>;
}

/** The servers' binaries: on the PATH, cached, or fetched. */
export async function findStoreBinaries(
  report: Report = () => {},
  cacheDir = process.env.CACHE_DIR ?? './.cache/stores',
): Promise<StoreBinaries & { mongodbVersion: string }> {
  // One after the other, since both may be fetched.
  const redis = await findServer(REDIS, { cacheDir, report });
  const mongodb = await findServer(MONGODB, { cacheDir, report });
  return { redis: redis.binary, mongodb: mongodb.binary, mongodbVersion: mongodb.version };
}

/** Starts real stores for tests, bench and chaos. `mongoCacheGb` is mongod's cache; at least 0.25. */
export async function startThrowAwayStores({
  binaries,
  report = () => {},
  mongoCacheGb,
}: {
  binaries?: StoreBinaries;
  report?: Report;
  mongoCacheGb?: number;
} = {}): Promise<ThrowAwayStores> {
  const { redis, mongodb } = binaries ?? (await findStoreBinaries(report));
  const dataDir = await mkdtemp(join(tmpdir(), 'feedback-stores-'));
  const started: RunningStore[] = [];
  const stores: ThrowAwayStores = {
    dataDir,
    redis: await startRestarting((port) => startRedis({ binary: redis, dataDir, port, report }), report),
    mongodb: await startRestarting(
      (port) => startMongod({ binary: mongodb, dataDir, port, report, cacheGb: mongoCacheGb }),
      report,
    ),
    async startEverysecRedis() {
      const folder = await mkdtemp(join(dataDir, 'everysec-'));
      const store = await startRedis({ binary: redis, dataDir: folder, report, fsync: 'everysec' });
      started.push(store);
      return store;
    },
    async stop() {
      await Promise.all([stores.redis, stores.mongodb, ...started].map((store) => store.stop()));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return stores;
}
