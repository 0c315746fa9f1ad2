import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { createReader } from './analysis/analyzer.ts';
import { defaultTaxonomy } from './analysis/defaultTaxonomy.ts';
import { knownBy, phrasesIn } from './analysis/phrases.ts';
import { createClientAddress } from './api/clientAddress.ts';
import { createApp } from './api/createApp.ts';
import { createHttpServer } from './api/createHttpServer.ts';
import { createKeyGuesses } from './api/keyGuesses.ts';
import { createKeyRing } from './api/keyRing.ts';
import { createPseudonyms } from './api/pseudonyms.ts';
import { createRateLimits, type Quotas } from './api/rateLimits.ts';
import type { ServedRoute } from './api/servedRoutes.ts';
import { createSignIn, publicUrlOf } from './api/signIn.ts';
import type { Config } from './config.ts';
import { BEYOND_SHARE, createAdmission } from './ingest/admission.ts';
import { createFairShare } from './ingest/fairShare.ts';
import { createGroupCommit } from './ingest/groupCommit.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createMetricsServer } from './metrics/metricsServer.ts';
import { closeDatabase, createIndexes, openDatabase, pingDatabase } from './models/database.ts';
import { createSettingsInForce } from './models/settingsInForce.ts';
import { createTaxonomiesInForce } from './models/taxonomiesInForce.ts';
import { createGuardedFetch, type GuardedFetch } from './outgoing/guardedFetch.ts';
import { type Connection, connectPatiently, connectPromptly } from './queues/connect.ts';
import { createDeadLetterQueue } from './queues/deadLetterQueue.ts';
import { createErasureQueue } from './queues/erasureQueue.ts';
import { createIngestQueue } from './queues/ingestQueue.ts';
import { readQueueState } from './queues/queueState.ts';
import { createQuota } from './queues/quota.ts';
import { createReanalysisQueue } from './queues/reanalysisQueue.ts';
import { createRetentionQueue } from './queues/retentionQueue.ts';
import { createErasureWorker } from './worker/createErasureWorker.ts';
import { createReanalysisWorker } from './worker/createReanalysisWorker.ts';
import { createRetentionWorker } from './worker/createRetentionWorker.ts';
import { createWorker } from './worker/createWorker.ts';

export interface ServiceOptions {
  config: Config;
  stores: { redisUrl: string; mongodbUri: string };
  roles: { api: boolean; worker: boolean };
  log: Logger;
}

export interface Service {
  /** where the API listens, and the metrics */
  apiUrl: string | undefined;
  metricsUrl: string;
  /** what the API serves: to hold against what is documented */
  served: readonly ServedRoute[];
  /** Makes keys valid that were stored just now, rather than within a second. */
  refreshKeys(): Promise<void>;
  /** Takes no more, finishes what was taken, and lets everything go. */
  stop(): Promise<void>;
}

/** What goes out goes to public addresses alone, to those that are set, and to a provider that is set to be on this machine. */
function fetchFor({ OUTGOING_ALLOW, OIDC_ISSUER }: Config): GuardedFetch {
  const isLocal = OIDC_ISSUER?.startsWith('http:') === true;
  return createGuardedFetch({
    allowed: [...OUTGOING_ALLOW, ...(isLocal ? ['127.0.0.0/8', '::1/128'] : [])],
    allowHttp: isLocal,
  });
}

const GROUP_COMMIT = {
  batchFeedback: 500,
  batchBytes: 256 * 1024,
  waitingFeedback: 50_000,
  waitingBytes: 64 * 1024 * 1024,
};
const SAMPLE_MS = 1_000;
const SETTLE_MS = 250;

/**
 * Starts the API, a worker, or both, on given stores.
 *
 * @throws Error when a port is taken; what was started by then is stopped again
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const closers: (() => unknown)[] = [];
  // Last opened, first closed: the API takes no more, then what it took is sent, and only then do connections go.
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return { ...(await open(options, (close) => closers.push(close))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function open(
  { config, stores, roles, log }: ServiceOptions,
  onStop: (close: () => unknown) => void,
): Promise<Omit<Service, 'stop'>> {
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

  async function sample(): Promise<void> {
    const { mongodb } = await dependencies();
    await sampleBacklog();
    if (mongodb) metrics.uncountedBatches.set(await models.uncountedTexts.estimatedDocumentCount());
    for (const queue of [
      ingest.queue,
      ingest.overflow,
      deadLetters.queue,
      reanalyses.queue,
      erasures.queue,
      retention.queue,
    ]) {
      const { jobs, oldestJobAgeSeconds } = await readQueueState(queue, redis, Date.now());
      for (const [state, count] of Object.entries(jobs))
        metrics.queueJobs.set({ queue: queue.name, state }, count);
      metrics.oldestJobAge.set({ queue: queue.name }, oldestJobAgeSeconds);
    }
  }

  // Stores that are away now are taken up when they come; until then the keys are unknown and readiness says so.
  let stopped = false;
  onStop(() => {
    stopped = true;
  });
  const preparing = prepare();
  async function prepare(): Promise<void> {
    while (!stopped) {
      try {
        await createIndexes(models);
        await settings.refresh();
        return await keys.refresh();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  }

  const metricsServer = createMetricsServer(metrics, sample);
  await listen(metricsServer, config.HOST, config.METRICS_PORT, 'METRICS_PORT');
  onStop(() => closeServer(metricsServer));

  if (roles.worker) {
    const jobs = connectPatiently(stores.redisUrl, onRedisError);
    onStop(() => jobs.disconnect());
    const read = createReader();
    const isKnown = knownBy(defaultTaxonomy);
    const findPhrases = (text: string) => phrasesIn(text, read(text, () => []).clauses, isKnown);
    const worker = createWorker({
      connection: jobs,
      prefix: config.QUEUE_PREFIX,
      models,
      deadLetters,
      taxonomies,
      settings,
      findPhrases,
      metrics,
      log,
      limits: {
        slots: config.WORKER_SLOTS,
        maxBatch: config.WORKER_BATCH,
        concurrency: config.WORKER_CONCURRENCY,
      },
    });
    onStop(worker.close);
    const reanalysis = createReanalysisWorker({
      connection: jobs,
      prefix: config.QUEUE_PREFIX,
      models,
      taxonomies,
      metrics,
      log,
      share: config.REANALYSIS_PERCENT / 100,
    });
    onStop(reanalysis.close);
    const erasing = createErasureWorker({
      connection: jobs,
      prefix: config.QUEUE_PREFIX,
      models,
      erasures,
      ingest,
      deadLetters,
      findPhrases,
      metrics,
      log,
    });
    onStop(erasing.close);
    const retaining = createRetentionWorker({
      connection: jobs,
      prefix: config.QUEUE_PREFIX,
      models,
      settings,
      metrics,
      log,
      share: config.REANALYSIS_PERCENT / 100,
    });
    onStop(retaining.close);
    const runs = createRetentionQueue({ connection: jobs, prefix: config.QUEUE_PREFIX });
    onStop(runs.close);
    void runs.schedule().catch((error) => log.warn({ err: error }, 'retention could not be scheduled'));
  }

  let apiUrl: string | undefined;
  let served: ServedRoute[] = [];
  if (roles.api) {
    const sampler = setInterval(() => void sampleBacklog().catch(() => {}), SAMPLE_MS);
    onStop(() => clearInterval(sampler));
    const shares = createFairShare({ perSecond: config.ORG_SHARE_PER_SECOND });
    const groupCommit = createGroupCommit({
      send: ingest.send,
      rankOf: ({ orgId }) => shares.take(orgId, performance.now()),
      limits: GROUP_COMMIT,
      onBatch: (size) => metrics.groupCommitSize.observe(size),
    });
    onStop(groupCommit.drain);
    const publicUrl = () => publicUrlOf(config.PUBLIC_URL, apiUrl);
    const quotas = createQuotas(config, redis);
    const settling = setInterval(() => {
      for (const quota of Object.values(quotas)) void quota?.settle(() => performance.now());
    }, SETTLE_MS);
    onStop(() => clearInterval(settling));
    const limits = createRateLimits({
      quotas,
      keys,
      onRefusal: (quota) => metrics.rateLimited.inc({ quota }),
    });
    const app = createApp({
      models,
      keys,
      groupCommit,
      metrics,
      log,
      dependencies,
      admission,
      shares,
      limits,
      taxonomies,
      settings,
      pseudonym: createPseudonyms(config.PSEUDONYM_KEY),
      reanalyses,
      signIn: createSignIn(config, { redis, fetch: fetchFor(config), publicUrl }),
      erasures,
      importBytes: config.IMPORT_LIMIT_MB * 1024 * 1024,
    });
    served = app.served;
    const api = createHttpServer(app.listener);
    await listen(api, config.HOST, config.PORT, 'PORT');
    onStop(() => closeServer(api));
    apiUrl = urlOf(api);
  }
  await Promise.race([preparing, new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);
  return { apiUrl, served, metricsUrl: urlOf(metricsServer), refreshKeys: keys.refresh };
}

function createQuotas(config: Config, connection: Connection): Quotas {
  const quota = (name: keyof Quotas, limit: number) =>
    limit === 0 ? null : createQuota({ name, limit, connection, prefix: config.QUEUE_PREFIX });
  return {
    'key-reads': quota('key-reads', config.KEY_READS_PER_MINUTE),
    'org-reads': quota('org-reads', config.ORG_READS_PER_MINUTE),
    'key-posts': quota('key-posts', config.KEY_POSTS_PER_MINUTE),
    'org-posts': quota('org-posts', config.ORG_POSTS_PER_MINUTE),
    'key-records': quota('key-records', config.KEY_RECORDS_PER_MINUTE),
    'org-records': quota('org-records', config.ORG_RECORDS_PER_MINUTE),
  };
}

function listen(server: Server, host: string, port: number, setting: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is taken. Set ${setting} to another one (0 picks a free one).`)
          : error,
      ),
    );
    server.listen(port, host, resolve);
  });
}

/** Lets requests under way finish for a few seconds. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), 4_000);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return '';
  return `http://${address.address.includes(':') ? `[${address.address}]` : address.address}:${address.port}`;
}
