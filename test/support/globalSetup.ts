import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoMemoryReplSet } from 'mongodb-memory-server';
import { findServer } from '../../src/stores/binaries/findServer.ts';
import { MONGODB, REDIS } from '../../src/stores/binaries/serverKind.ts';
import { startRedis } from '../../src/stores/embedded/startRedis.ts';
import { setSharedStores } from './sharedStores.ts';

/** One real Redis and one real mongod for all test files, on throw-away folders. */
export default async function globalSetup({ rootDir }: { rootDir: string }): Promise<void> {
  // The server is found by the project itself, whatever its version.
  process.env.MONGOMS_RUNTIME_DOWNLOAD = 'false';
  process.env.MONGOMS_SYSTEM_BINARY_VERSION_CHECK = 'false';
  const cacheDir = join(rootDir, '.cache', 'stores');
  const report = (line: string) => process.stderr.write(`${line}\n`);
  const [redisServer, mongod] = await Promise.all([
    findServer(REDIS, { cacheDir, report }),
    findServer(MONGODB, { cacheDir, report }),
  ]);
  const dataDir = await mkdtemp(join(tmpdir(), 'feedback-test-'));
  process.env.TEST_OUTPUT_DIR = join(dataDir, 'outputs');
  await mkdir(process.env.TEST_OUTPUT_DIR);
  const [redis, replicaSet] = await Promise.all([
    startRedis({ binary: redisServer.binary, dataDir, report }),
    MongoMemoryReplSet.create({
      binary: { systemBinary: mongod.binary, version: mongod.version },
      instanceOpts: [{ launchTimeout: 60_000 }],
      replSet: {
        count: 1,
        storageEngine: 'wiredTiger',
        args: ['--noscripting', '--wiredTigerCacheSizeGB', '0.5'],
      },
    }),
  ]);
  process.env.TEST_REDIS_URL = redis.url;
  process.env.TEST_MONGODB_URI = replicaSet.getUri();
  process.env.TEST_REDIS_BINARY = redisServer.binary;
  process.env.TEST_MONGOD_BINARY = mongod.binary;
  setSharedStores({ redis, replicaSet, dataDir });
}
