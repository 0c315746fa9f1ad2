import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import mongoose from 'mongoose';
import { isAlive } from '../../src/stores/embedded/processIdentity.ts';
import { DataFolderInUse, openStores } from '../../src/stores/openStores.ts';
import { spawnScript } from '../support/spawnScript.ts';
import { storeBinaries } from '../support/stores/stores.ts';
import { until } from '../support/until.ts';

const SCRIPT = 'test/stores/openStoresScript.ts';
const cacheDir = join(process.cwd(), '.cache', 'stores');
const report = () => {};
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedback-stores-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('openStores', () => {
  test('uses the addresses given, and touches no data folder', async () => {
    const given = { redisUrl: 'redis://10.0.0.1:6379', mongodbUri: 'mongodb://10.0.0.1/feedback' };
    const stores = await openStores({ ...given, dataDir: '/dev/null/none', cacheDir, report });
    expect(stores).toMatchObject({ ...given, embedded: { redis: false, mongodb: false }, owner: false });
    await stores.stop();
  });

  test('a killed process leaves no store behind, and the next one finds the data', async () => {
    const dataDir = join(folder, 'killed');
    const first = spawnScript(SCRIPT, [dataDir]);
    const stores = JSON.parse(await first.line(/^\{/));
    expect(stores).toMatchObject({ embedded: { redis: true, mongodb: true }, owner: true });
    const pids = await serverPids(dataDir);
    // They are in another process group, so that Ctrl-C in the terminal reaches the service alone.
    expect(await Promise.all(pids.map(groupOf))).not.toContain(await groupOf(process.pid));
    await write(stores, 'kept');

    first.kill('SIGKILL');
    // The servers of the first process are still shutting down.
    const second = spawnScript(SCRIPT, [dataDir]);
    const again = JSON.parse(await second.line(/^\{/));
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(again).toEqual(stores);
    expect(await read(again)).toEqual({ redis: 'kept', mongodb: 'kept' });

    second.kill('SIGTERM');
    await new Promise((resolve) => second.on('close', resolve));
    expect((await serverPids(dataDir)).map(isAlive)).toEqual([false, false]);
    expect(JSON.parse(await readFile(join(dataDir, 'stores.json'), 'utf8'))).toEqual({
      ports: portsOf(stores),
      binaries: storeBinaries(),
    });
  });

  test('a process that joins uses the stores of the running one, and leaves them running', async () => {
    const dataDir = join(folder, 'joined');
    const owner = spawnScript(SCRIPT, [dataDir]);
    // Before the owner is ready, so that this one has to wait for it.
    await until(
      async () => (await readdir(dataDir).catch(() => [''])).includes('stores.lock'),
      'the owner locks its data folder',
    );
    const joined = await openStores({ dataDir, cacheDir, report, join: true });
    const stores = JSON.parse(await owner.line(/^\{/));
    expect(joined).toMatchObject({ ...stores, owner: false });
    await write(joined, 'joined');
    await joined.stop();
    expect(await read(stores)).toEqual({ redis: 'joined', mongodb: 'joined' });

    const alone = openStores({ dataDir, cacheDir, report });
    await expect(alone).rejects.toThrow(DataFolderInUse);
    await expect(alone).rejects.toThrow(
      `another feedback-tracker (pid ${owner.pid}) is using DATA_DIR ${dataDir}; stop it, or set DATA_DIR to another folder`,
    );

    owner.kill('SIGTERM');
    await new Promise((resolve) => owner.on('close', resolve));
  });

  test('a server that ends by itself is reported with its log; a stopped one is not', async () => {
    const mongodbUri = 'mongodb://10.0.0.1/feedback';
    const dataDir = join(folder, 'crashed');
    const stores = await openStores({ mongodbUri, dataDir, cacheDir, report });
    const [pid = 0] = await serverPids(dataDir);
    process.kill(pid, 'SIGKILL');
    expect(await stores.crashed).toBe(`Redis ended with exit code 137. Its log: ${join(dataDir, 'redis.log')}`);
    await stores.stop();

    const stopped = await openStores({ mongodbUri, dataDir, cacheDir, report });
    await stopped.stop();
    expect(await Promise.race([stopped.crashed, sleep(200, 'not crashed')])).toBe('not crashed');
  });

  test('one of several processes started at once starts the stores, and the others join', async () => {
    const dataDir = join(folder, 'at-once');
    const all = [1, 2, 3].map(() => spawnScript(SCRIPT, [dataDir, 'join']));
    const stores = await Promise.all(all.map(async (child) => JSON.parse(await child.line(/^\{/))));
    expect(stores.map(({ owner }) => owner).sort()).toEqual([false, false, true]);
    expect(new Set(stores.map(({ redisUrl }) => redisUrl)).size).toBe(1);
    for (const child of all) child.kill('SIGTERM');
    await Promise.all(all.map((child) => new Promise((resolve) => child.on('close', resolve))));
  });

  test('a lock and a process id of a dead process, reused by another one, do not block a start', async () => {
    const dataDir = await mkdtemp(join(folder, 'stale-'));
    const mongodbUri = 'mongodb://10.0.0.1/feedback';
    const other = await openStores({ mongodbUri, dataDir: join(folder, 'other'), cacheDir, report });
    await writeFile(join(dataDir, 'stores.lock'), JSON.stringify({ pid: process.pid, identity: 'started earlier' }));
    // This process id belongs to a Redis, but not to the one of this folder.
    const [otherPid] = await serverPids(join(folder, 'other'));
    await writeFile(join(dataDir, 'redis.pid'), `${otherPid}\nstarted earlier\n`);
    await writeFile(
      join(dataDir, 'stores.json'),
      JSON.stringify({ pid: process.pid, redisUrl: 'redis://127.0.0.1:1' }),
    );
    const stores = await openStores({ mongodbUri, dataDir, cacheDir, report, join: true });
    expect(stores).toMatchObject({ embedded: { redis: true, mongodb: false }, mongodbUri, owner: true });
    await expect(openStores({ dataDir, cacheDir, report, join: true })).rejects.toThrow('MONGODB_URI');
    await Promise.all([stores.stop(), other.stop()]);
  });
});

interface Urls {
  redisUrl: string;
  mongodbUri: string;
}

async function withClients<T>(
  { redisUrl, mongodbUri }: Urls,
  work: (redis: Redis, mongodb: mongoose.mongo.Collection<{ value: string }>) => Promise<T>,
): Promise<T> {
  const redis = new Redis(redisUrl);
  const mongodb = new mongoose.mongo.MongoClient(mongodbUri);
  try {
    return await work(redis, mongodb.db().collection('kept'));
  } finally {
    redis.disconnect();
    await mongodb.close();
  }
}

function write(urls: Urls, value: string): Promise<void> {
  return withClients(urls, async (redis, mongodb) => {
    await redis.set('kept', value);
    await mongodb.updateOne({}, { $set: { value } }, { upsert: true, writeConcern: { w: 'majority', j: true } });
  });
}

function read(urls: Urls): Promise<{ redis: string | null; mongodb: string | undefined }> {
  return withClients(urls, async (redis, mongodb) => ({
    redis: await redis.get('kept'),
    mongodb: (await mongodb.findOne())?.value,
  }));
}

async function serverPids(dataDir: string): Promise<number[]> {
  const files = ['redis.pid', 'mongodb.pid'].map((name) => readFile(join(dataDir, name), 'utf8').catch(() => ''));
  return (await Promise.all(files)).map((text) => Number.parseInt(text, 10));
}

async function groupOf(pid: number): Promise<string> {
  return (await promisify(execFile)('ps', ['-o', 'pgid=', '-p', String(pid)])).stdout.trim();
}

function portsOf({ redisUrl, mongodbUri }: Urls) {
  return { redis: Number(new URL(redisUrl).port), mongodb: Number(new URL(mongodbUri).port) };
}
