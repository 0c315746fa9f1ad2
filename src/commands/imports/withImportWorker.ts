import { pino } from 'pino';
import type { Config } from '../../config.ts';
import { serializeError } from '../../metrics/serializeError.ts';
import { createIndexes, type Models } from '../../models/database.ts';
import { type Connection, connectPatiently } from '../../queues/connect.ts';
import type { ImportQueue } from '../../queues/importQueue.ts';
import type { RunningWorker } from '../../worker/startBackgroundWorker.ts';
import { withDatabase, withStores } from '../withStores.ts';

/** The stores of imports, and a way to have a worker run one. */
export interface ImportAccess {
  models: Models;
  config: Config;
  /** Wakes a worker for an import: one of the running service, else one of this process. */
  request(importId: string): Promise<void>;
}

/** Opens the stores, and starts a worker of imports in this process if no service runs one. */
export function withImportWorker<T>(work: (access: ImportAccess) => Promise<T>): Promise<T> {
  return withStores(({ redisUrl, mongodbUri }, config) =>
    withDatabase(mongodbUri, async (models) => {
      const connection = connectPatiently(redisUrl, () => {});
      const { createImportQueue } = await import('../../queues/importQueue.ts');
      const queue = createImportQueue({ connection, prefix: config.QUEUE_PREFIX });
      const closers: (() => unknown)[] = [() => connection.disconnect(), queue.close];
      async function request(importId: string): Promise<void> {
        await queue.request(importId);
        if (closers.length > 2 || (await queue.countWorkers()) > 0) return;
        const worker = await startWorker({ models, config, connection, queue });
        closers.push(worker.close);
      }
      try {
        await queue.queue.waitUntilReady();
        return await work({ models, config, request });
      } finally {
        for (const close of closers.reverse()) await close();
      }
    }),
  );
}

/** Starts a worker at full speed: without a service there is no live ingest to leave a share to. */
async function startWorker(options: {
  models: Models;
  config: Config;
  connection: Connection;
  queue: ImportQueue;
}): Promise<RunningWorker> {
  const { models, config, connection, queue } = options;
  const [{ createImportWorker }, { createFindPhrases }, { forgetPhrases }, { createMetrics }] = await Promise.all([
    import('../../worker/importWorker.ts'),
    import('../../analysis/discovery/createFindPhrases.ts'),
    import('../../models/discovery/forgetPhrases.ts'),
    import('../../metrics/metrics.ts'),
  ]);
  const { createActiveSettings } = await import('../../models/settings/activeSettings.ts');
  const { createActiveTaxonomies } = await import('../../models/taxonomy/activeTaxonomies.ts');
  const { createActiveZones } = await import('../../models/zones/activeZones.ts');
  const { createPseudonyms } = await import('../../ingest/pseudonyms.ts');
  await createIndexes(models);
  const [settings, taxonomies, zones] = [
    createActiveSettings(models),
    createActiveTaxonomies(models),
    createActiveZones(models),
  ];
  const findPhrases = createFindPhrases();
  const worker = createImportWorker({
    ...{ connection, prefix: config.QUEUE_PREFIX, models, imports: queue, settings, taxonomies, zones },
    metrics: createMetrics(),
    log: pino({ level: 'error', serializers: { err: serializeError } }, pino.destination({ fd: 2 })),
    pseudonym: createPseudonyms(config.PSEUDONYM_KEY),
    forgetPhrases: (deleted, transaction) => forgetPhrases(models, deleted, findPhrases, transaction),
    earliestMs: config.EARLIEST_CREATED_AT,
    maxBytes: config.IMPORT_LIMIT_MB * 1024 * 1024,
    share: 1,
    isBusy: () => false,
  });
  return {
    async close() {
      await worker.close();
      settings.close();
      zones.close();
      taxonomies.close();
    },
  };
}
