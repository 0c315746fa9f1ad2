import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoMemoryReplSet } from 'mongodb-memory-server';
import { closeDatabase, type Models, openDatabase } from '../../../src/models/database.ts';
import { withSnapshotHistory } from '../../../src/models/mongodb/withSnapshotHistory.ts';
import { type OwnStores, ownStores, storeBinaries } from '../../support/stores/stores.ts';

const WINDOW = 'minSnapshotHistoryWindowInSeconds';
const SNAPSHOT_TOO_OLD = 239;
const BUSY_MS = 4_000;

async function connect(uri: string): Promise<Models> {
  const models = openDatabase({ uri, appName: 'tests', poolSize: 4 });
  await models.connection.asPromise();
  return models;
}

describe('a snapshot read', () => {
  let stores: OwnStores;
  let models: Models;
  beforeAll(async () => {
    stores = await ownStores();
    models = await connect(stores.mongodb.url);
  }, 60_000);
  afterAll(async () => {
    if (models) await closeDatabase(models);
    await stores?.stop();
  }, 30_000);

  const admin = () => models.connection.getClient().db('admin');
  const window = async () => (await admin().command({ getParameter: 1, [WINDOW]: 1 }))[WINDOW];

  /** Counts the documents of a snapshot twice, with inserts for some seconds in between. */
  async function countTwice(): Promise<[number, number]> {
    const session = await models.connection.startSession({ snapshot: true });
    const atOneInstant = { session, readConcern: { level: 'snapshot' as const } };
    const count = async () => (await models.internalState.collection.find({}, atOneInstant).toArray()).length;
    try {
      const first = await count();
      for (const until = Date.now() + BUSY_MS; Date.now() < until; await sleep(100))
        await models.internalState.collection.insertOne({} as never);
      return [first, await count()];
    } finally {
      await session.endSession();
    }
  }

  it('may take longer than the history window, which is restored after it', async () => {
    await admin().command({ setParameter: 1, [WINDOW]: 1 });
    await models.internalState.collection.insertMany([{}, {}] as never[]);
    await expect(countTwice()).rejects.toMatchObject({ code: SNAPSHOT_TOO_OLD });
    const [first, second] = await withSnapshotHistory(models, countTwice);
    expect(first).toBeGreaterThan(2);
    expect(second).toBe(first);
    expect(await window()).toBe(1);
  }, 60_000);

  it('keeps the history of another that has not ended', async () => {
    const inner = withSnapshotHistory(models, async () => {
      await withSnapshotHistory(models, async () => {});
      expect(await window()).toBe(3_600);
    });
    await inner;
    expect(await window()).toBe(1);
  }, 30_000);

  it('restores the history window if it fails', async () => {
    const failed = withSnapshotHistory(models, async () => {
      expect(await window()).toBe(3_600);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await window()).toBe(1);
  }, 30_000);
});

describe('a user with the readWrite role only', () => {
  let server: MongoMemoryReplSet;
  beforeAll(async () => {
    server = await MongoMemoryReplSet.create({
      replSet: {
        count: 1,
        storageEngine: 'wiredTiger',
        auth: {
          enable: true,
          customRootName: 'root',
          customRootPwd: 'root',
          extraUsers: [
            {
              createUser: 'app',
              pwd: 'app',
              roles: [{ role: 'readWrite', db: 'feedback' }],
              database: 'feedback',
            },
          ],
        },
      },
      binary: { systemBinary: storeBinaries().mongodb },
    });
  }, 60_000);
  afterAll(() => server?.stop(), 30_000);

  it('reads with the present history window', async () => {
    const uri = new URL(server.getUri('feedback'));
    Object.assign(uri, { username: 'app', password: 'app' });
    const models = await connect(uri.href);
    try {
      const ask = models.connection
        .getClient()
        .db('admin')
        .command({ getParameter: 1, [WINDOW]: 1 });
      await expect(ask).rejects.toMatchObject({ codeName: 'Unauthorized' });
      await models.internalState.collection.insertOne({} as never);
      const read = () => models.internalState.collection.countDocuments();
      expect(await withSnapshotHistory(models, read)).toBe(1);
    } finally {
      await closeDatabase(models);
    }
  }, 30_000);
});
