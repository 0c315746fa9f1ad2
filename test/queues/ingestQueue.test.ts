import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Connection, connectPatiently } from '../../src/queues/connect.ts';
import {
  createIngestQueue,
  type IngestQueue,
  type IngestWorkerJob,
  startIngestWorker,
} from '../../src/queues/ingestQueue.ts';
import { readQueueState } from '../../src/queues/queueState.ts';
import { isolatedStores } from '../support/stores/stores.ts';
import { until } from '../support/until.ts';

const { redisUrl, prefix } = isolatedStores();
let connection: Connection;
let ingest: IngestQueue;
beforeAll(async () => {
  connection = connectPatiently(redisUrl, () => {});
  await connection.ping();
  ingest = createIngestQueue({ connection, prefix });
});
afterAll(async () => {
  await ingest.close();
  connection.disconnect();
});

const feedback = [{ id: 'a', overallRating: 3, createdAt: 0, acceptedAt: 0 }];

it('overflow is recognised by its priority, also in jobs of builds with more priorities', async () => {
  await ingest.send([
    { priority: 0, feedback },
    { priority: 1, feedback },
  ]);
  for (const priority of [2, 6]) await ingest.overflow.add('batch', { version: 1, feedback }, { priority });
  await ingest.queue.add('batch', { version: 1, feedback }, { priority: 3 });
  const { jobs } = await readQueueState(ingest.overflow, connection, Date.now());
  expect(jobs).toMatchObject({ waiting: 0, prioritized: 3 });

  const processed: Pick<IngestWorkerJob, 'data' | 'isOverflow'>[] = [];
  const worker = startIngestWorker({
    connection,
    prefix,
    concurrency: { ingest: 1, overflow: 1 },
    async process({ data, isOverflow }) {
      processed.push({ data, isOverflow });
    },
    onOutcome() {},
    onError() {},
  });
  await until(async () => (await ingest.countJobs()) === 0, 'the queue is empty');
  await worker.close();
  expect(processed.map(({ isOverflow }) => isOverflow).sort()).toEqual([false, true, true, true, true]);
  expect(processed.every(({ data }) => JSON.stringify(data) === JSON.stringify({ version: 1, feedback }))).toBe(true);
});
