import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoMemoryReplSet } from 'mongodb-memory-server';
import { startRedis } from '../../../src/stores/embedded/startRedis.ts';
import { findStoreBinaries } from '../../../tools/support/throwAwayStores.ts';
import { setSharedStores } from './sharedStores.ts';

/** Compiles the service for tests that start it. Starts one real Redis and one real mongod for all test files, on throw-away folders. */
export default async function globalSetup({ rootDir }: { rootDir: string }): Promise<void> {
  // Type errors don't stop the tests, since tsc writes its output all the same.
  spawnSync('npm', ['run', '--silent', 'build'], { cwd: rootDir, stdio: 'inherit' });
  // The project finds the server itself, in any version.
  process.env.MONGOMS_RUNTIME_DOWNLOAD = 'false';
  process.env.MONGOMS_SYSTEM_BINARY_VERSION_CHECK = 'false';
  const cacheDir = join(rootDir, '.cache', 'stores');
  const report = (line: string) => process.stderr.write(`${line}\n`);
  const binaries = await findStoreBinaries(report, cacheDir);
  const dataDir = await mkdtemp(join(tmpdir(), 'feedback-test-'));
  process.env.TEST_OUTPUT_DIR = join(dataDir, 'outputs');
  await mkdir(process.env.TEST_OUTPUT_DIR);
  const [redis, replicaSet] = await Promise.all([
    startRedis({ binary: binaries.redis, dataDir, report }),
    MongoMemoryReplSet.create({
      binary: { systemBinary: binaries.mongodb, version: binaries.mongodbVersion },
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
  process.env.TEST_REDIS_BINARY = binaries.redis;
  process.env.TEST_MONGOD_BINARY = binaries.mongodb;
  setSharedStores({ redis, replicaSet, dataDir });
}
