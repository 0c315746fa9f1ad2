import { closeDatabase, createIndexes, openDatabase } from '../../../src/models/database.ts';
import { spawnScript } from '../spawnScript.ts';
import { openQueues } from './queues.ts';
import { ownStores } from './stores.ts';

export type WorkerProcess = Awaited<ReturnType<typeof createWorkerProcess>>;

/**
 * A worker in a separate process on its own stores, not started yet: for tests that kill it in the middle of its work and
 * start it again.
 */
export async function createWorkerProcess(settings: Record<string, string> = {}) {
  const stores = await ownStores();
  const models = openDatabase({ uri: stores.mongodb.url, appName: 'tests', poolSize: 5 });
  await models.connection.asPromise();
  await createIndexes(models);
  const queues = openQueues({ redisUrl: stores.redis.url, prefix: 'feedback' });
  let worker: ReturnType<typeof spawnScript> | undefined;

  return {
    models,
    ingest: queues.ingest,
    deadLetters: queues.deadLetters,
    /** Options to open another of its queues with. */
    queueOptions: { connection: queues.connection, prefix: 'feedback' },
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
    /** Ends the worker and its stores. Close queues that were opened with `queueOptions` first. */
    async stop(): Promise<void> {
      worker?.kill('SIGKILL');
      await queues.close();
      await closeDatabase(models);
      await stores.stop();
    },
  };
}
