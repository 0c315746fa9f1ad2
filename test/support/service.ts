import { pino } from 'pino';
import { readConfig } from '../../src/config.ts';
import { serializeError } from '../../src/metrics/serializeError.ts';
import { closeDatabase, type Models, openDatabase } from '../../src/models/database.ts';
import { readRankingState } from '../../src/models/rankings/rankingState.ts';
import { type Service, startService } from '../../src/service/startService.ts';
import { refuseUnlistedSeries } from './closedSeries.ts';
import { CANARY, KEYS, outputFile } from './outputs.ts';
import { until } from './until.ts';

export { KEYS };

refuseUnlistedSeries();

export interface TestService {
  service: Service;
  models: Models;
  call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    options?: CallOptions,
  ): Promise<{ status: number; body: ReturnType<typeof JSON.parse>; headers: Headers }>;
  /** Resolves when at least this many feedback are stored. */
  stored(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** Whether the rankings count all feedback. */
export async function areRankingsCurrent(models: Models): Promise<boolean> {
  const state = await readRankingState(models);
  return state.generation !== null && state.notes === null && !(await models.rankingChanges.exists({}));
}

interface CallOptions {
  body?: unknown;
  key?: string;
  headers?: Record<string, string>;
}

export async function startTestService(
  stores: { redisUrl: string; mongodbUri: string; prefix?: string },
  settings: Record<string, string> = {},
): Promise<TestService> {
  const config = readConfig({
    PORT: '0',
    METRICS_PORT: '0',
    ...(stores.prefix !== undefined && { QUEUE_PREFIX: stores.prefix }),
    BOOTSTRAP_INGEST_KEY: KEYS.ingest,
    BOOTSTRAP_READ_KEY: KEYS.read,
    BOOTSTRAP_ADMIN_KEY: KEYS.admin,
    // Tests send many wrong keys from one address.
    AUTH_FAILURES_PER_MINUTE: '100000',
    ...settings,
  });
  // Logs everything, so that the search at the end of the suite sees all of it.
  const log = pino(
    { level: 'trace', serializers: { err: serializeError } },
    pino.destination({ dest: outputFile(), sync: true }),
  );
  const service = await startService({ config, stores, roles: { api: true, worker: true }, log });
  const models = openDatabase({ uri: stores.mongodbUri, appName: 'tests', poolSize: 5 });
  await models.connection.asPromise();
  return {
    service,
    models,
    async call(method, path, { body, key, headers } = {}) {
      const response = await fetch(`${service.apiUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key ?? (method === 'POST' ? KEYS.ingest : KEYS.read)}`,
          'content-type': 'application/json',
          'user-agent': CANARY,
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: text === '' ? undefined : JSON.parse(text),
        headers: response.headers,
      };
    },
    async stored(count) {
      let stored = 0;
      await until(
        async () => {
          stored = await models.feedback.countDocuments();
          return stored >= count;
        },
        () => `${count} feedback are stored, not ${stored}`,
        60_000,
      );
      await until(() => areRankingsCurrent(models), 'the rankings count all feedback', 60_000);
    },
    async stop() {
      await service.stop();
      await models.connection.dropDatabase().catch(() => {});
      await closeDatabase(models);
    },
  };
}
