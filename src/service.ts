import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { createAnalyzer } from './analysis/analyzer.ts';
import { defaultTaxonomy } from './analysis/defaultTaxonomy.ts';
import { createApp } from './api/createApp.ts';
import { createKeyRing } from './api/keyRing.ts';
import { Problem } from './api/problem.ts';
import type { Config } from './config.ts';
import { createGroupCommit } from './ingest/groupCommit.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createMetricsServer } from './metrics/metricsServer.ts';
import { closeDatabase, createIndexes, openDatabase, pingDatabase } from './models/database.ts';
import { connectPatiently, connectPromptly } from './queues/connect.ts';
import { createDeadLetterQueue } from './queues/deadLetterQueue.ts';
import { createIngestQueue } from './queues/ingestQueue.ts';
import { readQueueState } from './queues/queueState.ts';
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
  /** Makes keys valid that were stored just now, rather than within a second. */
  refreshKeys(): Promise<void>;
  /** Takes no more, finishes what was taken, and lets everything go. */
  stop(): Promise<void>;
}

const GROUP_COMMIT = { batchFeedback: 500, batchBytes: 256 * 1024, waitingFeedback: 50_000 };
const SAMPLE_MS = 1_000;

/** Starts the API, a worker, or both, on given stores. */
export async function startService({ config, stores, roles, log }: ServiceOptions): Promise<Service> {
  const metrics = createMetrics();
  const models = openDatabase({ uri: stores.mongodbUri, appName: 'feedback-tracker', poolSize: 20 });
  const onRedisError = (error: Error) => log.warn({ err: error }, 'Redis is away; reconnecting');
  const redis = connectPromptly(stores.redisUrl, onRedisError);
  const ingest = createIngestQueue({ connection: redis, prefix: config.QUEUE_PREFIX });
  const deadLetters = createDeadLetterQueue({ connection: redis, prefix: config.QUEUE_PREFIX, ingest });
  const keys = createKeyRing(models, {
    ingest: config.BOOTSTRAP_INGEST_KEY,
    read: config.BOOTSTRAP_READ_KEY,
    admin: config.BOOTSTRAP_ADMIN_KEY,
  });
  const backlogLimit = config.BACKLOG_LIMIT_MB * 1024 * 1024;
  let backlogBytes = 0;

  async function dependencies(): Promise<Record<string, boolean>> {
    const up = { redis: redis.status === 'ready', mongodb: await pingDatabase(models) };
    for (const [dependency, isUp] of Object.entries(up))
      metrics.dependencyUp.set({ dependency }, isUp ? 1 : 0);
    return up;
  }

  async function sampleBacklog(): Promise<void> {
    backlogBytes = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1] ?? 0);
    metrics.backlogBytes.set({ bound: 'used' }, backlogBytes);
    metrics.backlogBytes.set({ bound: 'limit' }, backlogLimit);
  }

  async function sample(): Promise<void> {
    await dependencies();
    for (const { queue } of [ingest, deadLetters]) {
      const { jobs, oldestJobAgeSeconds } = await readQueueState(queue, Date.now());
      for (const [state, count] of Object.entries(jobs))
        metrics.queueJobs.set({ queue: queue.name, state }, count);
      metrics.oldestJobAge.set({ queue: queue.name }, oldestJobAgeSeconds);
    }
  }

  // Stores that are away now are taken up when they come; until then the keys are unknown and readiness says so.
  let stopped = false;
  const preparing = prepare();
  async function prepare(): Promise<void> {
    while (!stopped) {
      try {
        await createIndexes(models);
        return await keys.refresh();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  }

  const sampler = setInterval(() => void sampleBacklog().catch(() => {}), SAMPLE_MS);
  const groupCommit = createGroupCommit({
    send: ingest.send,
    limits: GROUP_COMMIT,
    onBatch: (size) => metrics.groupCommitSize.observe(size),
  });
  const api = roles.api
    ? createServer(
        createApp({
          models,
          keys,
          groupCommit,
          metrics,
          log,
          dependencies,
          admit() {
            if (backlogBytes > backlogLimit)
              throw new Problem(429, 'More feedback is waiting than the limit allows. Send it again later.', {
                headers: { 'retry-after': '10' },
              });
          },
        }),
      )
    : undefined;
  const metricsServer = createMetricsServer(metrics, sample);
  await listen(metricsServer, config.HOST, config.METRICS_PORT, 'METRICS_PORT');
  if (api) await listen(api, config.HOST, config.PORT, 'PORT');

  const jobs = roles.worker ? connectPatiently(stores.redisUrl, onRedisError) : undefined;
  const worker = jobs
    ? createWorker({
        connection: jobs,
        prefix: config.QUEUE_PREFIX,
        models,
        deadLetters,
        analyze: createAnalyzer({ taxonomy: defaultTaxonomy }),
        metrics,
        log,
        limits: {
          slots: config.WORKER_SLOTS,
          maxBatch: config.WORKER_BATCH,
          concurrency: config.WORKER_CONCURRENCY,
        },
      })
    : undefined;
  await Promise.race([preparing, new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);

  return {
    apiUrl: api && urlOf(api),
    metricsUrl: urlOf(metricsServer),
    refreshKeys: keys.refresh,
    async stop() {
      stopped = true;
      clearInterval(sampler);
      if (api) await closeServer(api);
      await groupCommit.drain();
      await worker?.close();
      await closeServer(metricsServer);
      keys.close();
      await ingest.close();
      await deadLetters.close();
      redis.disconnect();
      jobs?.disconnect();
      await closeDatabase(models);
    },
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
