import { closeDatabase, createIndexes, openDatabase } from '../../src/models/database.ts';
import { connectPatiently } from '../../src/queues/connect.ts';
import { createIngestQueue } from '../../src/queues/ingestQueue.ts';
import { spawnScript } from './spawnScript.ts';
import { ownStores } from './stores.ts';

export type WorkerProcess = Awaited<ReturnType<typeof createWorkerProcess>>;

/**
 * A worker in a process of its own, yet to be started, on stores of its own: to be killed in the middle of its work and
 * started again.
 */
export async function createWorkerProcess(settings: Record<string, string> = {}) {
  const stores = await ownStores();
  const models = openDatabase({ uri: stores.mongodb.url, appName: 'tests', poolSize: 5 });
  await models.connection.asPromise();
  await createIndexes(models);
  const connection = connectPatiently(stores.redis.url, () => {});
  /** what opens another of its queues */
  const queueOptions = { connection, prefix: 'feedback' };
  const ingest = createIngestQueue(queueOptions);
  let worker: ReturnType<typeof spawnScript> | undefined;

  return {
    models,
    ingest,
    queueOptions,
    async start(): Promise<void> {
      worker = spawnScript('src/main.ts', ['worker'], {
        REDIS_URL: stores.redis.url,
        MONGODB_URI: stores.mongodb.url,
        METRICS_PORT: '0',
        LOG_LEVEL: 'silent',
        ...settings,
      });
      await worker.line(/^Metrics/);
    },
    kill: () => worker?.kill('SIGKILL'),
    /** Ends it, and the stores. Close the queues that were opened besides before. */
    async stop(): Promise<void> {
      worker?.kill('SIGKILL');
      await ingest.close();
      connection.disconnect();
      await closeDatabase(models);
      await stores.stop();
    },
  };
}
