import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { redisWarnings, requireTransactions } from '../../src/stores/checkExternalStores.ts';
import type { RunningStore } from '../../src/stores/embedded/runningStore.ts';
import { startRedis } from '../../src/stores/embedded/startRedis.ts';
import { freePort } from '../support/freePort.ts';
import { runMain } from '../support/runMain.ts';
import { isolatedStores, storeBinaries } from '../support/stores/stores.ts';

const LIMIT_MB = 512;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'feedback-given-'));
});

afterAll(() => rm(dataDir, { recursive: true, force: true }));

describe('an external Redis', () => {
  let redis: RunningStore;
  let client: Redis;

  beforeAll(async () => {
    redis = await startRedis({ binary: storeBinaries().redis, dataDir, report: () => {} });
    client = new Redis(redis.url);
  });

  afterAll(async () => {
    client.disconnect();
    await redis.stop();
  });

  test('has no warning if it has the settings of an embedded one', async () => {
    expect(await redisWarnings(redis.url, LIMIT_MB)).toEqual([]);
  });

  test.each([
    [{ appendfsync: 'everysec' }, /about the last second of accepted feedback. Set appendfsync always/],
    [{ appendfsync: 'no' }, /accepted feedback that the system has not written to disk yet/],
    [{ appendonly: 'no' }, /lost when it restarts. Set appendonly yes/],
    [{ 'maxmemory-policy': 'allkeys-lru' }, /may drop accepted feedback .* noeviction/],
    [{ maxmemory: '536870912' }, /full before BACKLOG_LIMIT_MB \(512\) .* 640mb/],
  ])('has a warning for %j', async (settings: Record<string, string>, warning) => {
    const before = new Map<string, string>();
    for (const [name, value] of Object.entries(settings)) {
      before.set(name, ((await client.config('GET', name)) as string[])[1] ?? '');
      await client.config('SET', name, value);
    }
    try {
      expect(await redisWarnings(redis.url, LIMIT_MB)).toEqual([expect.stringMatching(warning)]);
    } finally {
      for (const [name, value] of before) await client.config('SET', name, value);
    }
  });

  test('has a warning if it hides its settings', async () => {
    await client.acl('SETUSER', 'guest', 'on', '>secret', '~*', '&*', '+@all', '-config');
    const url = redis.url.replace('redis://', 'redis://guest:secret@');
    expect(await redisWarnings(url, LIMIT_MB)).toEqual([expect.stringMatching(/does not show its settings/)]);
  });

  test('has no warning while it does not answer', async () => {
    expect(await redisWarnings(`redis://127.0.0.1:${await freePort()}`, LIMIT_MB)).toEqual([]);
  });
});

describe('an external MongoDB', () => {
  test('passes as a replica set, and while it does not answer', async () => {
    await requireTransactions(isolatedStores().mongodbUri);
    await requireTransactions(`mongodb://127.0.0.1:${await freePort()}`);
  });

  test('is refused at start as a standalone server, with the fix', async () => {
    const port = await freePort();
    const mongod = spawn(
      storeBinaries().mongodb,
      ['--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', dataDir, '--nounixsocket', '--quiet'],
      { stdio: 'ignore' },
    );
    try {
      const uri = `mongodb://127.0.0.1:${port}/feedback`;
      let refusal: Error | undefined;
      for (let tries = 0; tries < 20 && !refusal; tries += 1)
        refusal = await requireTransactions(uri).then(
          () => undefined,
          (error) => error,
        );
      expect(refusal?.message).toMatch(/standalone server.*--replSet/);

      const ended = await runMain([], { MONGODB_URI: uri, DATA_DIR: dataDir, PORT: '0', METRICS_PORT: '0' });
      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(/standalone server.*--replSet/);
    } finally {
      mongod.kill('SIGKILL');
      await once(mongod, 'exit');
    }
  });
});
