import { randomUUID } from 'node:crypto';
import { closeDatabase, createIndexes, type Models, openDatabase } from '../../../src/models/database.ts';
import { type Connection, connectPatiently } from '../../../src/queues/connect.ts';
import { startThrowAwayStores } from '../../support/throwAwayStores.ts';

/** The stores as the experiments name them. */
export interface BenchStores {
  redisUrl: string;
  mongodbUri: string;
  pids: { redis: number; mongodb: number };
  /** URL of a Redis that syncs once a second, for comparison; started when first asked for. */
  everysecRedisUrl(): Promise<string>;
  stop(): Promise<void>;
}

export async function startBenchStores(report: (line: string) => void): Promise<BenchStores> {
  const { redis, mongodb, startEverysecRedis, stop } = await startThrowAwayStores({ report });
  let everysec: ReturnType<typeof startEverysecRedis> | undefined;
  return {
    redisUrl: redis.url,
    mongodbUri: mongodb.url,
    pids: { redis: redis.pid, mongodb: mongodb.pid },
    async everysecRedisUrl() {
      everysec ??= startEverysecRedis();
      return (await everysec).url;
    },
    stop,
  };
}

/** A database and a queue prefix that nothing else uses. */
export interface Sandbox {
  prefix: string;
  models: Models;
  redis: Connection;
  /** environment for processes of the service that use it */
  env: Record<string, string>;
  remove(): Promise<void>;
}

export const KEY = 'the-key-of-the-benchmark';
export const READ_KEY = `${KEY}-for-reading`;

export async function openSandbox(stores: { redisUrl: string; mongodbUri: string }): Promise<Sandbox> {
  const prefix = `bench-${randomUUID().slice(0, 8)}`;
  const uri = new URL(stores.mongodbUri);
  uri.pathname = `/${prefix}`;
  const models = openDatabase({ uri: uri.href, appName: 'feedback-tracker-bench', poolSize: 20 });
  await models.connection.asPromise();
  await createIndexes(models);
  const redis = connectPatiently(stores.redisUrl, () => {});
  return {
    prefix,
    models,
    redis,
    env: {
      REDIS_URL: stores.redisUrl,
      MONGODB_URI: uri.href,
      QUEUE_PREFIX: prefix,
      PORT: '0',
      METRICS_PORT: '0',
      BOOTSTRAP_INGEST_KEY: KEY,
      BOOTSTRAP_READ_KEY: READ_KEY,
    },
    async remove() {
      await models.connection.dropDatabase();
      await closeDatabase(models);
      for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 }))
        if (keys.length > 0) await redis.unlink(...keys);
      redis.disconnect();
    },
  };
}

/** Opens a sandbox for `work` and removes it afterwards. */
export async function withSandbox<T>(
  stores: { redisUrl: string; mongodbUri: string },
  work: (sandbox: Sandbox) => Promise<T>,
): Promise<T> {
  const sandbox = await openSandbox(stores);
  try {
    return await work(sandbox);
  } finally {
    await sandbox.remove();
  }
}
