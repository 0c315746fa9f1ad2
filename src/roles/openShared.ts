import type { Logger } from 'pino';
import { createClientAddress } from '../api/clientAddress.ts';
import { createKeyGuesses } from '../api/keyGuesses.ts';
import { createKeyRing } from '../api/keyRing.ts';
import type { Config } from '../config.ts';
import { BEYOND_SHARE, createAdmission } from '../ingest/admission.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { closeDatabase, openDatabase, pingDatabase } from '../models/database.ts';
import { createSettingsInForce } from '../models/settingsInForce.ts';
import { createTaxonomiesInForce } from '../models/taxonomiesInForce.ts';
import { connectPromptly } from '../queues/connect.ts';
import { createDeadLetterQueue } from '../queues/deadLetterQueue.ts';
import { createErasureQueue } from '../queues/erasureQueue.ts';
import { createIngestQueue } from '../queues/ingestQueue.ts';
import { createReanalysisQueue } from '../queues/reanalysisQueue.ts';
import { createRetentionQueue } from '../queues/retentionQueue.ts';

export interface SharedOptions {
  config: Config;
  stores: { redisUrl: string; mongodbUri: string };
  log: Logger;
  /** Takes what is to be closed in the end; the last one opened is the first one closed. */
  onStop(close: () => unknown): void;
}

export type Shared = ReturnType<typeof openShared>;

/** What every role of a process has: connections, queues to send to, and what is in force. Nothing waits for a store. */
export function openShared(options: SharedOptions) {
  const { config, stores, log, onStop } = options;
  const metrics = createMetrics();
  const models = openDatabase({ uri: stores.mongodbUri, appName: 'feedback-tracker', poolSize: 20 });
  onStop(() => closeDatabase(models));
  const onRedisError = (error: Error) => log.warn({ err: error }, 'Redis is away; reconnecting');
  const redis = connectPromptly(stores.redisUrl, onRedisError);
  onStop(() => redis.disconnect());
  const ingest = createIngestQueue({ connection: redis, prefix: config.QUEUE_PREFIX });
  onStop(ingest.close);
  const deadLetters = createDeadLetterQueue({ connection: redis, prefix: config.QUEUE_PREFIX, ingest });
  onStop(deadLetters.close);
  const reanalyses = createReanalysisQueue({ connection: redis, prefix: config.QUEUE_PREFIX });
  onStop(reanalyses.close);
  const addressOf = createClientAddress(config.TRUSTED_PROXIES);
  const guesses = createKeyGuesses({
    perMinute: config.WRONG_KEYS_PER_MINUTE,
    addressOf,
    onGuess: (outcome) => metrics.wrongKeys.inc({ outcome }),
  });
  const erasures = createErasureQueue({ connection: redis, prefix: config.QUEUE_PREFIX });
  onStop(erasures.close);
  const retention = createRetentionQueue({ connection: redis, prefix: config.QUEUE_PREFIX });
  onStop(retention.close);
  const bootstrap = {
    ingest: config.BOOTSTRAP_INGEST_KEY,
    read: config.BOOTSTRAP_READ_KEY,
    admin: config.BOOTSTRAP_ADMIN_KEY,
  };
  const keys = createKeyRing(models, bootstrap, { guesses, addressOf });
  onStop(keys.close);
  const taxonomies = createTaxonomiesInForce(models);
  onStop(taxonomies.close);
  const settings = createSettingsInForce(models);
  onStop(settings.close);
  const backlogLimit = config.BACKLOG_LIMIT_MB * 1024 * 1024;
  const admission = createAdmission({ limitBytes: backlogLimit });

  async function dependencies(): Promise<Record<string, boolean>> {
    const up = { redis: redis.status === 'ready', mongodb: await pingDatabase(models) };
    for (const [dependency, isUp] of Object.entries(up))
      metrics.dependencyUp.set({ dependency }, isUp ? 1 : 0);
    return up;
  }

  async function sampleBacklog(): Promise<void> {
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1] ?? 0);
    admission.sample(used, performance.now());
    metrics.backlogBytes.set({ bound: 'used' }, used);
    metrics.backlogBytes.set({ bound: 'limit' }, backlogLimit);
    metrics.backlogBytes.set({ bound: 'limit_beyond_share' }, backlogLimit * BEYOND_SHARE);
  }

  return {
    ...options,
    metrics,
    models,
    redis,
    onRedisError,
    ingest,
    deadLetters,
    reanalyses,
    erasures,
    retention,
    keys,
    taxonomies,
    settings,
    admission,
    /** state of each store, true where it answers */
    dependencies,
    sampleBacklog,
  };
}
