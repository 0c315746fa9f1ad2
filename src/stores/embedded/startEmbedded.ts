import { join } from 'node:path';
import { findServer } from '../binaries/findServer.ts';
import { MONGODB, REDIS } from '../binaries/serverKind.ts';
import type { OpenStores, OpenStoresOptions } from '../storesOptions.ts';
import type { Ownership } from './ownership.ts';
import type { RunningStore } from './runningStore.ts';
import { startMongod } from './startMongod.ts';
import { startRedis } from './startRedis.ts';
import { readStoresFile, type StoresRecord, writeStoresFile } from './storesFile.ts';

/**
 * Finds and starts the stores that are not given, both at once, and records their addresses in the data folder.
 *
 * @throws Error with the reason for each store that could not be started; the other one is stopped again
 */
export async function startEmbedded(options: OpenStoresOptions, ownership: Ownership): Promise<OpenStores> {
  const { redisUrl, mongodbUri, dataDir } = options;
  const before = await readStoresFile(dataDir);
  const starts = await Promise.allSettled([
    redisUrl ? undefined : startOwnRedis(options, before),
    mongodbUri ? undefined : startOwnMongod(options, before),
  ]);
  const started = starts.map((start) => (start.status === 'fulfilled' ? start.value : undefined));
  const [redis, mongodb] = started;
  const stopAll = () => Promise.all(started.map((server) => server?.store.stop()));
  const kept = recordToKeep({ before, redis, mongodb });
  try {
    const failures = starts.flatMap((start) => (start.status === 'rejected' ? [(start.reason as Error).message] : []));
    if (failures.length > 0) throw new Error(failures.join('\n\n'));
    await writeStoresFile(dataDir, {
      pid: process.pid,
      ...(redis && { redisUrl: redis.store.url }),
      ...(mongodb && { mongodbUri: mongodb.store.url }),
      ...kept,
    });
  } catch (error) {
    await stopAll();
    await ownership.release();
    throw error;
  }

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await stopAll();
    await writeStoresFile(dataDir, kept);
    await ownership.release();
  };
  const crashed = new Promise<string>((resolve) => {
    for (const server of started)
      void server?.store.ended.then((exitCode) => {
        if (!stopped) resolve(`${server.name} ended with exit code ${exitCode}. Its log: ${server.logFile}`);
      });
  });
  return {
    redisUrl: redis?.store.url ?? redisUrl ?? '',
    mongodbUri: mongodb?.store.url ?? mongodbUri ?? '',
    embedded: { redis: redis !== undefined, mongodb: mongodb !== undefined },
    owner: true,
    crashed,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

interface Started {
  name: string;
  logFile: string;
  store: RunningStore;
  binary: string;
}

async function startOwnRedis(options: OpenStoresOptions, before: StoresRecord): Promise<Started> {
  const { dataDir, cacheDir, report } = options;
  const { binary } = await findServer(REDIS, { cacheDir, report, before: before.binaries.redis });
  const store = await startRedis({ binary, dataDir, report, port: before.ports.redis });
  return { name: REDIS.name, logFile: join(dataDir, 'redis.log'), binary, store };
}

async function startOwnMongod(options: OpenStoresOptions, before: StoresRecord): Promise<Started> {
  const { dataDir, cacheDir, report, mongoCacheGb: cacheGb } = options;
  const { binary } = await findServer(MONGODB, { cacheDir, report, before: before.binaries.mongodb });
  const store = await startMongod({ binary, dataDir, report, cacheGb, port: before.ports.mongodb });
  return { name: MONGODB.name, logFile: join(dataDir, 'mongodb.log'), binary, store };
}

/** The ports and binaries for the next start, including those of a store that is given this time. */
function recordToKeep(options: {
  before: StoresRecord;
  redis: Started | undefined;
  mongodb: Started | undefined;
}): Pick<StoresRecord, 'ports' | 'binaries'> {
  const { before, redis, mongodb } = options;
  return {
    ports: {
      ...before.ports,
      ...(redis && { redis: redis.store.port }),
      ...(mongodb && { mongodb: mongodb.store.port }),
    },
    binaries: {
      ...before.binaries,
      ...(redis && { redis: redis.binary }),
      ...(mongodb && { mongodb: mongodb.binary }),
    },
  };
}
