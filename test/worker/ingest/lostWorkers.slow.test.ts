import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { readConfig } from '../../../src/config.ts';
import { closeDatabase, createIndexes, type Models, openDatabase } from '../../../src/models/database.ts';
import { type Service, startService } from '../../../src/service/startService.ts';
import { testQueues } from '../../support/stores/queues.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

const stores = isolatedStores();
let models: Models;
let worker: Service | undefined;

beforeAll(async () => {
  models = openDatabase({ uri: stores.mongodbUri, appName: 'tests', poolSize: 5 });
  await models.connection.asPromise();
  await createIndexes(models);
});
afterAll(async () => {
  await worker?.stop();
  await models.connection.dropDatabase();
  await closeDatabase(models);
});

const { connection, ingest } = testQueues(stores);

/** More ids than the worker runs transactions at once. */
const LOCKED = ['locked-1', 'locked-2', 'locked-3'];
const job = (id: string) => ({ version: 1 as const, feedback: [{ id, createdAt: 1, acceptedAt: 1 }] });

/** Adds a job as it is after its worker was lost. */
async function addLost(id: string): Promise<void> {
  await ingest.queue.pause();
  const added = await ingest.queue.add('batch', job(id));
  await connection.hset(ingest.queue.toKey(String(added.id)), 'stc', '1');
  await ingest.queue.resume();
  await sleep(100);
}

const isStored = (id: string) => models.feedback.exists({ _id: id }).then((found) => found !== null);

describe('what a lost worker left locked', () => {
  it('delays nothing else', async () => {
    // Leaves the lock like a worker that was killed in mid-transaction.
    const session = await models.connection.startSession();
    session.startTransaction();
    for (const id of LOCKED) await models.feedback.collection.insertOne({ _id: id as never }, { session });
    const config = readConfig({
      METRICS_PORT: '0',
      QUEUE_PREFIX: stores.prefix,
      BOOTSTRAP_READ_KEY: 'read-key-of-the-tests-too',
    });
    worker = await startService({
      config,
      stores,
      roles: { api: false, worker: true },
      log: pino({ level: 'silent' }),
    });
    for (const id of LOCKED) await addLost(id);
    for (let n = 0; n < 5; n++) {
      await ingest.queue.add('batch', job(`free-${n}`));
      await until(() => isStored(`free-${n}`), `free-${n} is stored`);
    }
    for (const id of LOCKED) expect(await isStored(id)).toBe(false);
    await session.abortTransaction();
    await session.endSession();
    for (const id of LOCKED) await until(() => isStored(id), `${id} is stored`);
  });
});
