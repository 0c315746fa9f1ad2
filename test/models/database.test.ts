import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { closeDatabase, openDatabase, PATIENT_HEARTBEAT_MS } from '../../src/models/database.ts';
import { type OwnStores, ownStores } from '../support/stores/stores.ts';

/** Longer than the default: heartbeats are two seconds apart, and time out after three more. */
const SILENT_MS = 7_000;

let stores: OwnStores;
beforeAll(async () => {
  stores = await ownStores();
}, 60_000);
afterAll(() => stores?.stop(), 30_000);

it('a read with a patient heartbeat continues after its server was silent for some seconds', async () => {
  const models = openDatabase({
    uri: stores.mongodb.url,
    appName: 'tests',
    poolSize: 2,
    heartbeatTimeoutMs: PATIENT_HEARTBEAT_MS,
  });
  try {
    await models.connection.asPromise();
    const { collection } = models.internalState;
    await collection.insertMany(Array.from({ length: 10 }, (_, n) => ({ n })) as never[]);
    const cursor = collection.find({}, { batchSize: 2 });
    for (let n = 0; n < 2; n++) await cursor.next();
    stores.mongodb.kill('SIGSTOP');
    // This needs a second batch from the server.
    const next = cursor.next();
    await sleep(SILENT_MS);
    stores.mongodb.kill('SIGCONT');
    expect(await next).toMatchObject({ n: 2 });
    expect(await cursor.toArray()).toHaveLength(7);
  } finally {
    stores.mongodb.kill('SIGCONT');
    await closeDatabase(models);
  }
}, 60_000);
