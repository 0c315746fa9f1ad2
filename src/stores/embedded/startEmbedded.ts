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
  const stopAll = () => Promise.all(started.map((server) => server?.stop()));
  // The ports and binaries for the next start, including those of a store that is given this time.
  const kept: Pick<StoresRecord, 'ports' | 'binaries'> = {
    ports: { ...before.ports, ...(redis && { redis: redis.port }), ...(mongodb && { mongodb: mongodb.port }) },
    binaries: {
      ...before.binaries,
      ...(redis && { redis: redis.binary }),
      ...(mongodb && { mongodb: mongodb.binary }),
    },
  };
  try {
    const failures = starts.flatMap((start) => (start.status === 'rejected' ? [(start.reason as Error).message] : []));
    if (failures.length > 0) throw new Error(failures.join('\n\n'));
    await writeStoresFile(dataDir, {
      pid: process.pid,
      ...(redis && { redisUrl: redis.url }),
      ...(mongodb && { mongodbUri: mongodb.url }),
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
      void server?.ended.then((exitCode) => {
        if (!stopped) resolve(`${server.name} ended with exit code ${exitCode}. Its log: ${server.logFile}`);
      });
  });
  return {
    redisUrl: redis?.url ?? redisUrl ?? '',
    mongodbUri: mongodb?.url ?? mongodbUri ?? '',
    embedded: { redis: redis !== undefined, mongodb: mongodb !== undefined },
    owner: true,
    crashed,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

async function startOwnRedis(options: OpenStoresOptions, before: StoresRecord): Promise<RunningStore> {
  const { dataDir, cacheDir, report } = options;
  const { binary } = await findServer(REDIS, { cacheDir, report, before: before.binaries.redis });
  return startRedis({ binary, dataDir, report, port: before.ports.redis });
}

async function startOwnMongod(options: OpenStoresOptions, before: StoresRecord): Promise<RunningStore> {
  const { dataDir, cacheDir, report, mongoCacheGb: cacheGb } = options;
  const { binary } = await findServer(MONGODB, { cacheDir, report, before: before.binaries.mongodb });
  return startMongod({ binary, dataDir, report, cacheGb, port: before.ports.mongodb });
}
