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

/** Stores that are away now are taken up when they come; a start waits so long for them, and readiness says the rest. */
const WAIT_MS = 10_000;
const MIB = 1024 * 1024;

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

async function open(options: ServiceOptions, onStop: OnStop): Promise<Omit<Service, 'stop'>> {
  const { config, roles } = options;
  const shared = openDependencies(options, onStop);
  const limits = { all: config.BACKLOG_LIMIT_MB * MIB, overflow: config.OVERFLOW_LIMIT_MB * MIB };
  const admission = createAdmission(limits);
  const gauges = createGauges(shared, { admission, limits });
  const prepared = retryUntilDone(async () => {
    await createIndexes(shared.models);
    await shared.settings.refresh();
  }, onStop);
  const metricsUrl = await listen(
    createMetricsServer(shared.metrics, gauges.sample),
    { host: config.HOST, port: config.METRICS_PORT, setting: 'METRICS_PORT' },
    onStop,
  );
  // What only the other role needs takes time to load, and memory.
  if (roles.worker) (await import('./startWorkers.ts')).startWorkers(shared, options, onStop);
  const api = roles.api
    ? await (await import('./startApi.ts')).startApi(shared, options, { gauges, admission }, onStop)
    : undefined;
  const waited = new Promise((resolve) => setTimeout(resolve, WAIT_MS).unref());
  await Promise.race([Promise.all([prepared, api?.ready]), waited]);
  return {
    apiUrl: api?.url,
    served: api?.served ?? [],
    metricsUrl,
    refreshKeys: async () => api?.refreshKeys(),
  };
}
