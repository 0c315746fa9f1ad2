import type { ServedRoute } from '../api/http/servedRoutes.ts';
import { createAdmission } from '../ingest/overload/admission.ts';
import { createMetricsServer } from '../metrics/metricsServer.ts';
import { createIndexes } from '../models/database.ts';
import { createGauges } from './gauges.ts';
import { listen } from './listen.ts';
import type { OnStop } from './onStop.ts';
import { type DependencyOptions, openDependencies } from './openDependencies.ts';
import { retryUntilDone } from './retryUntilDone.ts';

export interface ServiceOptions extends DependencyOptions {
  roles: { api: boolean; worker: boolean };
}

export interface Service {
  /** URL of the API, if this process has that role */
  apiUrl: string | undefined;
  metricsUrl: string;
  /** routes that the API serves, for comparison with the documentation */
  served: readonly ServedRoute[];
  /** Makes new keys valid at once. Without it they are valid within a second. */
  refreshKeys(): Promise<void>;
  /** Refuses new requests, finishes accepted work and closes every connection. */
  stop(): Promise<void>;
}

/** Max time that a start waits for stores. After it the service runs, and readiness reports the missing store. */
const STORES_TIMEOUT_MS = 10_000;
const MIB = 1024 * 1024;

/**
 * Starts the API, a worker, or both, on given stores.
 *
 * @throws Error if a port is taken; everything started before is stopped again
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const closers: (() => unknown)[] = [];
  // Last opened, first closed: the API stops accepting, its group commit is sent, then connections close.
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

async function open(options: ServiceOptions, onStop: OnStop): Promise<Omit<Service, 'stop'>> {
  const { config, roles } = options;
  const shared = openDependencies(options, onStop);
  const limits = { all: config.BACKLOG_LIMIT_MB * MIB, overflow: config.OVERFLOW_LIMIT_MB * MIB };
  const admission = createAdmission(limits);
  const gauges = createGauges(shared, admission, limits);
  const prepared = retryUntilDone(async () => {
    await createIndexes(shared.models);
    await shared.settings.refresh();
    await shared.zones.refresh();
  }, onStop);
  const metricsUrl = await listen(
    createMetricsServer(shared.metrics, gauges.sample),
    { host: config.HOST, port: config.METRICS_PORT, setting: 'METRICS_PORT' },
    onStop,
  );
  // Each role's code is loaded only by processes of that role: it costs start time and memory.
  if (roles.worker) (await import('./startWorkers.ts')).startWorkers(shared, options, onStop);
  const api = roles.api
    ? await (await import('./startApi.ts')).startApi(shared, options, { gauges, admission }, onStop)
    : undefined;
  const waited = new Promise((resolve) => setTimeout(resolve, STORES_TIMEOUT_MS).unref());
  await Promise.race([Promise.all([prepared, api?.ready]), waited]);
  return {
    apiUrl: api?.url,
    served: api?.served ?? [],
    metricsUrl,
    refreshKeys: async () => api?.refreshKeys(),
  };
}
