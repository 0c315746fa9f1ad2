import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMongod } from '../../src/stores/embedded/startMongod.ts';
import { startRedis } from '../../src/stores/embedded/startRedis.ts';
import { type RestartingStore, startRestarting } from '../../tools/chaos/restartingStore.ts';

/**
 * A part of the shared stores that no other test file sees: a MongoDB database of its own, which appears with the
 * first write, and a prefix for every key in Redis.
 */
export function isolatedStores(): { redisUrl: string; mongodbUri: string; prefix: string } {
  const name = `test-${randomUUID().slice(0, 13)}`;
  const mongodbUri = new URL(given('TEST_MONGODB_URI'));
  mongodbUri.pathname = `/${name}`;
  return { redisUrl: given('TEST_REDIS_URL'), mongodbUri: mongodbUri.href, prefix: name };
}

export interface OwnStores {
  redis: RestartingStore;
  mongodb: RestartingStore;
  dataDir: string;
  /** Lines that the stores reported, restarts included. */
  lines: string[];
  /** Stops the two that are here now, and removes their data. */
  stop(): Promise<void>;
}

/** A Redis and a mongod of the test's own, to be killed or frozen (`redis.kill('SIGSTOP')`). Killed ones are restarted. */
export async function ownStores(): Promise<OwnStores> {
  const dataDir = await mkdtemp(join(tmpdir(), 'feedback-own-'));
  const lines: string[] = [];
  const report = (line: string) => lines.push(line);
  const [redis, mongodb] = await Promise.all([
    startRestarting((port) => startRedis({ binary: storeBinaries().redis, dataDir, port, report }), report),
    startRestarting(
      (port) => startMongod({ binary: storeBinaries().mongodb, dataDir, port, report, cacheGb: 0.25 }),
      report,
    ),
  ]);
  const own: OwnStores = {
    redis,
    mongodb,
    dataDir,
    lines,
    async stop() {
      await Promise.all([own.redis.stop(), own.mongodb.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return own;
}

/** The servers the shared stores were started with. */
export function storeBinaries(): { redis: string; mongodb: string } {
  return { redis: given('TEST_REDIS_BINARY'), mongodb: given('TEST_MONGOD_BINARY') };
}

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: these tests run under the set-up of jest.config.js`);
  return value;
}
