import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import mongoose from 'mongoose';
import { processIdentity } from '../../../src/stores/embedded/processIdentity.ts';
import { startMongod } from '../../../src/stores/embedded/startMongod.ts';
import { startRedis } from '../../../src/stores/embedded/startRedis.ts';
import { type RestartingStore, startRestarting } from '../../../tools/support/restartingStore.ts';
import { type OwnStores, ownStores, storeBinaries } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

let stores: OwnStores;
let redis: Redis;
let mongodb: mongoose.mongo.MongoClient;

beforeAll(async () => {
  stores = await ownStores();
  redis = new Redis(stores.redis.url, { maxRetriesPerRequest: null });
  redis.on('error', () => {});
  mongodb = new mongoose.mongo.MongoClient(stores.mongodb.url);
});

afterAll(async () => {
  redis.disconnect();
  await mongodb.close();
  await stores.stop();
});

describe('an embedded store', () => {
  test('Redis syncs every write and drops nothing', async () => {
    const settings = await redis.config('GET', 'append*', 'maxmemory-policy', 'save');
    expect(settings).toEqual(expect.arrayContaining(['appendonly', 'yes', 'appendfsync', 'always', 'noeviction']));
  });

  test('MongoDB has transactions, and no JavaScript', async () => {
    const kept = mongodb.db().collection('kept');
    await mongodb.withSession((session) => session.withTransaction(() => kept.insertOne({ value: 1 }, { session })));
    await expect(kept.findOne({ $where: 'true' })).rejects.toThrow(/globalScriptEngine|JavaScript/);
  });

  test('a killed Redis has its data after a restart on the same port, and its clients reconnect', async () => {
    const { pid } = stores.redis;
    const exits: number[] = [];
    stores.redis.onExit((exitCode) => exits.push(exitCode));
    await redis.set('kept', 'yes');
    stores.redis.kill('SIGKILL');
    await untilReplaced(stores.redis, pid);
    expect(await redis.get('kept')).toBe('yes');
    expect(exits).toEqual([137]);
    await untilReported(/^redis:.* is back/);
  });

  test('a killed MongoDB has its data after a restart on the same port, and its clients reconnect', async () => {
    const { pid } = stores.mongodb;
    const kept = mongodb.db().collection<{ value: number }>('kept');
    await kept.insertOne({ value: 2 }, { writeConcern: { w: 'majority', j: true } });
    stores.mongodb.kill('SIGKILL');
    await untilReplaced(stores.mongodb, pid);
    expect(await kept.countDocuments({ value: 2 })).toBe(1);
    await kept.insertOne({ value: 3 });
    await untilReported(/^mongodb:.* is back/);
  });

  test('a server whose guard is killed ends before another one uses its data', async () => {
    const { pid } = stores.redis;
    const guard = Number((await parentOf(pid)) ?? 0);
    expect(guard).not.toBe(process.pid);
    process.kill(guard, 'SIGKILL');
    await untilReplaced(stores.redis, pid);
    expect(await processIdentity(pid)).toBe('');
    expect(await redis.get('kept')).toBe('yes');
  });

  test('both move to other ports, with their data, if their ports are taken', async () => {
    redis.disconnect();
    await mongodb.close();
    await Promise.all([stores.redis.stop(), stores.mongodb.stop()]);
    const { dataDir } = stores;
    const squatters = await Promise.all([listen(stores.redis.port), listen(stores.mongodb.port)]);
    const before = { redis: stores.redis.port, mongodb: stores.mongodb.port };
    const report = (line: string) => stores.lines.push(line);
    const { redis: binary, mongodb: mongod } = storeBinaries();
    stores.redis = await startRestarting(
      (port = before.redis) => startRedis({ binary, dataDir, port, report }),
      report,
    );
    stores.mongodb = await startRestarting(
      (port = before.mongodb) => startMongod({ binary: mongod, dataDir, port, report, cacheGb: 0.25 }),
      report,
    );
    expect(stores.redis.port).not.toBe(before.redis);
    expect(stores.mongodb.port).not.toBe(before.mongodb);
    for (const squatter of squatters) squatter.close();
    redis = new Redis(stores.redis.url);
    mongodb = new mongoose.mongo.MongoClient(stores.mongodb.url);
    expect(await redis.get('kept')).toBe('yes');
    expect(await mongodb.db().collection('kept').countDocuments()).toBe(3);
    await mongodb.db().collection('kept').insertOne({ value: 4 });
  });

  test('a server that cannot start is an error with the end of its log', async () => {
    const start = startMongod({
      binary: storeBinaries().mongodb,
      dataDir: join(stores.dataDir, 'bad'),
      report: () => {},
      cacheGb: -1,
    });
    await expect(start).rejects.toThrow(/MongoDB .* ended while starting, with exit code \d+.*ends with:\n.*cache/is);
  });
});

async function untilReplaced(store: RestartingStore, pid: number): Promise<void> {
  await until(() => store.pid !== pid, 'the server is started again');
}

async function untilReported(pattern: RegExp): Promise<void> {
  await until(() => stores.lines.some((line) => pattern.test(line)), `${pattern} is reported`);
}

async function parentOf(pid: number): Promise<string | undefined> {
  return (await promisify(execFile)('ps', ['-o', 'ppid=', '-p', String(pid)])).stdout.trim();
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve) => {
    // Without a reply, mongod would spend half a minute asking this port whether it is itself.
    const server = createServer((socket) => socket.destroy());
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
