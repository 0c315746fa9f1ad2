import { afterAll, beforeAll } from '@jest/globals';
import { type Connection, connectPatiently } from '../../../src/queues/connect.ts';
import { createDeadLetterQueue, type DeadLetterQueue } from '../../../src/queues/deadLetterQueue.ts';
import { createIngestQueue, type IngestQueue } from '../../../src/queues/ingestQueue.ts';

export interface TestQueues {
  connection: Connection;
  ingest: IngestQueue;
  deadLetters: DeadLetterQueue;
}

/** The ingest queue and the dead letters of a service, on a new connection. */
export function openQueues(stores: { redisUrl: string; prefix: string }): TestQueues & { close(): Promise<void> } {
  const connection = connectPatiently(stores.redisUrl, () => {});
  const options = { connection, prefix: stores.prefix };
  const ingest = createIngestQueue(options);
  const deadLetters = createDeadLetterQueue({ ...options, ingest });
  return {
    connection,
    ingest,
    deadLetters,
    async close() {
      await deadLetters.close();
      await ingest.close();
      connection.disconnect();
    },
  };
}

/**
 * Queues on isolated stores, while the tests of this file run; removed after them. Hooks run in the order of their
 * calls, so call this after the hooks that start and stop a service on the same stores.
 */
export function testQueues(stores: { redisUrl: string; prefix: string }): TestQueues {
  const queues = openQueues(stores);
  beforeAll(async () => {
    await queues.ingest.queue.waitUntilReady();
  });
  afterAll(async () => {
    await queues.ingest.queue.obliterate({ force: true });
    await queues.deadLetters.queue.obliterate({ force: true });
    await queues.close();
  });
  return queues;
}
