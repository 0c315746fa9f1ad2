import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { closeDatabase, openDatabase } from '../models/database.ts';
import { createActiveSettings } from '../models/settings/activeSettings.ts';
import { createActiveTaxonomies } from '../models/taxonomy/activeTaxonomies.ts';
import { createActiveZones } from '../models/zones/activeZones.ts';
import { connectPromptly } from '../queues/connect.ts';
import { createDeadLetterQueue } from '../queues/deadLetterQueue.ts';
import { createErasureQueue } from '../queues/erasureQueue.ts';
import { createImportQueue } from '../queues/importQueue.ts';
import { createIngestQueue } from '../queues/ingestQueue.ts';
import { createReanalysisQueue } from '../queues/reanalysisQueue.ts';
import { createRetentionQueue } from '../queues/retentionQueue.ts';
import type { OnStop } from './onStop.ts';

export interface DependencyOptions {
  config: Config;
  stores: { redisUrl: string; mongodbUri: string };
  log: Logger;
  /** Workers update the indexes in a thread of their own. Needs the compiled program. */
  hasIndexThread?: boolean;
}

export type Dependencies = ReturnType<typeof openDependencies>;

/** Opens everything that both roles use: database, queues, active taxonomies, settings and time zones, metrics. Waits for no store. */
export function openDependencies({ config, stores, log }: DependencyOptions, onStop: OnStop) {
  const metrics = createMetrics();
  const models = openDatabase({ uri: stores.mongodbUri, appName: 'feedback-tracker', poolSize: 20 });
  onStop(() => closeDatabase(models));
  const onRedisError = (error: Error) => log.warn({ err: error }, 'Redis is away; reconnecting');
  const redis = connectPromptly(stores.redisUrl, onRedisError);
  onStop(() => redis.disconnect());
  const options = { connection: redis, prefix: config.QUEUE_PREFIX };
  const ingest = createIngestQueue(options);
  const closables = {
    ingest,
    deadLetters: createDeadLetterQueue({ ...options, ingest }),
    reanalyses: createReanalysisQueue(options),
    erasures: createErasureQueue(options),
    retention: createRetentionQueue(options),
    imports: createImportQueue(options),
    taxonomies: createActiveTaxonomies(models),
    settings: createActiveSettings(models),
    zones: createActiveZones(models),
  };
  for (const { close } of Object.values(closables)) onStop(close);
  return { metrics, models, onRedisError, redis, ...closables };
}
