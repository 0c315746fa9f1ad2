import type { Logger } from 'pino';
import type { ServedRoute } from './api/servedRoutes.ts';
import type { Config } from './config.ts';
import { createIndexes } from './models/database.ts';
import { openShared, type Shared } from './roles/openShared.ts';
import { startApi } from './roles/startApi.ts';
import { startMetrics } from './roles/startMetrics.ts';
import { startWorkers } from './roles/startWorkers.ts';

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

const PREPARE_MS = { again: 500, most: 10_000 };

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
  const shared = openShared({ config, stores, log, onStop });
  const preparing = prepare(shared);
  const metricsUrl = await startMetrics(shared);
  if (roles.worker) startWorkers(shared);
  const api = roles.api ? await startApi(shared) : { apiUrl: undefined, served: [] };
  await Promise.race([preparing, new Promise((resolve) => setTimeout(resolve, PREPARE_MS.most).unref())]);
  return { ...api, metricsUrl, refreshKeys: shared.keys.refresh };
}

/** Stores that are away now are taken up when they come; until then the keys are unknown and readiness says so. */
async function prepare({ models, settings, keys, onStop }: Shared): Promise<void> {
  let stopped = false;
  onStop(() => {
    stopped = true;
  });
  while (!stopped) {
    try {
      await createIndexes(models);
      await settings.refresh();
      return await keys.refresh();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, PREPARE_MS.again));
    }
  }
}
