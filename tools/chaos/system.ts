import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeDatabase, type Models, openDatabase, PATIENT_HEARTBEAT_MS } from '../../src/models/database.ts';
import { createAccessKey } from '../../src/models/keys/keys.ts';
import { type Connection, connectPatiently } from '../../src/queues/connect.ts';
import { createDeadLetterQueue, type DeadLetterQueue } from '../../src/queues/deadLetterQueue.ts';
import { createErasureQueue, type ErasureQueue } from '../../src/queues/erasureQueue.ts';
import { createIngestQueue, type IngestQueue } from '../../src/queues/ingestQueue.ts';
import { type Running, run } from '../support/processes.ts';
import type { RestartingStore } from '../support/restartingStore.ts';
import { type StoreProxy, startProxy } from '../support/storeProxy.ts';
import { startThrowAwayStores } from '../support/throwAwayStores.ts';
import type { ImportedRow } from './ledger.ts';

/** A process of the service, with its own proxy before each store. */
export interface Role {
  name: string;
  kind: 'api' | 'worker';
  proxies: { redis: StoreProxy; mongodb: StoreProxy };
  /** URL of the API; the same after every start */
  apiUrl: string;
  metricsUrl: string;
  /** how it ended, for each unexpected end */
  crashes: string[];
  signal(signal: NodeJS.Signals): void;
  /** Ends the process and waits. SIGTERM lets it finish its work. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** `more`: environment variables for this start only. */
  start(more?: Record<string, string>): Promise<void>;
}

/** The whole service as separate processes on their own stores, with direct connections for inspection. */
export interface System {
  apis: Role[];
  workers: Role[];
  redis: RestartingStore;
  mongodb: RestartingStore;
  models: Models;
  connection: Connection;
  ingest: IngestQueue;
  deadLetters: DeadLetterQueue;
  erasures: ErasureQueue;
  /** users whose erasure was requested */
  erasedUsers: Set<string>;
  /** rows of imported files, by id */
  imported: Map<string, ImportedRow>;
  /** key that imports files and undoes imports */
  adminKey: string;
  /** the clients' key, which is rotated during a run */
  clientKey: { id: string; key: string };
  stop(): Promise<void>;
}

export interface SystemOptions {
  apis: number;
  workers: number;
  /** the compiled service, where it is not this project's own */
  dist?: string | undefined;
  env?: Record<string, string>;
  /** whether processes connect to the stores without proxies, which cost CPU time */
  isDirect?: boolean;
}

export const KEY = 'the-key-of-the-chaos-program';
export const READ_KEY = `${KEY}-for-reading`;
export const PREFIX = 'chaos';
const OWN_DIST = fileURLToPath(new URL('../../', import.meta.url));
const CLOCK_JUMP_MS = { api: 2 * 3_600_000, worker: -2 * 3_600_000 };

export async function startSystem(options: SystemOptions): Promise<System> {
  const closers: (() => unknown)[] = [];
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
  { apis, workers, dist, env = {}, isDirect = false }: SystemOptions,
  onStop: (close: () => unknown) => void,
): Promise<Omit<System, 'stop'>> {
  const stores = await startThrowAwayStores();
  onStop(stores.stop);
  const { redis, mongodb } = stores;

  const models = openDatabase({
    uri: mongodb.url,
    appName: 'feedback-tracker-chaos',
    poolSize: 5,
    heartbeatTimeoutMs: PATIENT_HEARTBEAT_MS,
  });
  onStop(() => closeDatabase(models));
  await models.connection.asPromise();
  const connection = connectPatiently(redis.url, () => {});
  onStop(() => connection.disconnect());
  const ingest = createIngestQueue({ connection, prefix: PREFIX });
  const deadLetters = createDeadLetterQueue({ connection, prefix: PREFIX, ingest });
  onStop(ingest.close);
  onStop(deadLetters.close);
  const erasures = createErasureQueue({ connection, prefix: PREFIX });
  onStop(erasures.close);

  const startRole = async (kind: Role['kind'], n: number): Promise<Role> => {
    const role = await openRole({
      kind,
      name: `${kind} ${n}`,
      ports: { redis, mongodb },
      isDirect,
      dist,
      env,
    });
    onStop(async () => {
      await role.end('SIGKILL');
      await Promise.all(Object.values(role.proxies).map((proxy) => proxy.close()));
    });
    await role.start();
    return role;
  };
  const startRoles = (kind: Role['kind'], count: number) =>
    Promise.all(Array.from({ length: count }, (_, n) => startRole(kind, n + 1)));
  return {
    redis,
    mongodb,
    models,
    connection,
    ingest,
    deadLetters,
    erasures,
    erasedUsers: new Set(),
    imported: new Map(),
    adminKey: (await createAccessKey(models, { scope: 'admin', name: 'imports' })).key,
    clientKey: await createAccessKey(models, { scope: 'ingest', name: 'clients' }),
    apis: await startRoles('api', apis),
    workers: await startRoles('worker', workers),
  };
}

async function openRole(options: {
  kind: Role['kind'];
  name: string;
  ports: { redis: { port: number }; mongodb: { port: number } };
  isDirect: boolean;
  dist: string | undefined;
  env: Record<string, string>;
}): Promise<Role> {
  const { kind, name, ports, isDirect, dist = OWN_DIST } = options;
  const host = '127.0.0.1';
  const proxies = {
    redis: await startProxy({ host, port: ports.redis.port }),
    mongodb: await startProxy({ host, port: ports.mongodb.port }),
  };
  const stores = isDirect ? ports : proxies;
  const env: Record<string, string> = {
    LOG_LEVEL: 'silent',
    REDIS_URL: `redis://${host}:${stores.redis.port}`,
    // A direct connection, since the replica set's member list would bypass the proxy.
    MONGODB_URI: `mongodb://${host}:${stores.mongodb.port}/feedback?directConnection=true`,
    QUEUE_PREFIX: PREFIX,
    PORT: '0',
    METRICS_PORT: '0',
    BOOTSTRAP_INGEST_KEY: KEY,
    BOOTSTRAP_READ_KEY: READ_KEY,
    CHAOS_CLOCK_MS: String(CLOCK_JUMP_MS[kind]),
    ...options.env,
  };
  let running: Running | undefined;
  let isStopping = false;
  const role: Role = {
    name,
    kind,
    proxies,
    apiUrl: '',
    metricsUrl: '',
    crashes: [],
    signal: (signal) => running?.process.kill(signal),
    async end(signal) {
      isStopping = true;
      await running?.stop(signal);
    },
    async start(more) {
      running = run(join(dist, 'src/main.js'), [kind], { ...env, ...more }, [
        '--import',
        join(dist, 'tools/chaos/jumpingClock.js'),
      ]);
      isStopping = false;
      running.process.once('exit', (code, signal) => {
        if (signal === 'SIGKILL' || (isStopping && code === 0)) return;
        role.crashes.push(`${name} ended with ${signal ?? code}`);
      });
      role.metricsUrl = await running.printed(/^Metrics +(\S+)/m);
      if (kind !== 'api') return;
      role.apiUrl = await running.printed(/^API +(\S+)/m);
      // Keeps the port over restarts, where clients expect it.
      env.PORT = new URL(role.apiUrl).port;
    },
  };
  return role;
}
