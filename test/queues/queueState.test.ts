import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Connection, connectPatiently } from '../../src/queues/connect.ts';
import { readQueueState } from '../../src/queues/queueState.ts';
import { createRetentionQueue, type RetentionQueue } from '../../src/queues/retentionQueue.ts';
import { isolatedStores } from '../support/stores/stores.ts';

let connection: Connection;
let runs: RetentionQueue;
beforeAll(async () => {
  const { redisUrl, prefix } = isolatedStores();
  connection = connectPatiently(redisUrl, () => {});
  await connection.ping();
  runs = createRetentionQueue({ connection, prefix });
});
afterAll(async () => {
  await runs.close();
  connection.disconnect();
});

const DAY_MS = 86_400_000;
const ageIn = async (ms: number) => (await readQueueState(runs.queue, connection, Date.now() + ms)).oldestJobAgeSeconds;

it('the age of a scheduled job counts from the time at which it was due', async () => {
  await runs.schedule();
  expect(await ageIn(0)).toBe(0);
  // It is due within a day, and late by a day a day after that.
  expect(await ageIn(2 * DAY_MS)).toBeGreaterThan(DAY_MS / 1_000 - 60);
  expect(await ageIn(2 * DAY_MS)).toBeLessThan((2 * DAY_MS) / 1_000);
  await runs.request();
  expect(await ageIn(DAY_MS)).toBeGreaterThanOrEqual(DAY_MS / 1_000);
});
