import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Report } from '../storesOptions.ts';
import { initiateReplicaSet, REPLICA_SET } from './initiateReplicaSet.ts';
import type { RunningStore } from './runningStore.ts';
import { startStore } from './startStore.ts';

const OPLOG_MB = 1024;
export const PARAMETERS = {
  /** A worker that dies in a transaction leaves its locks; for this long, not for a minute. */
  transactionLifetimeLimitSeconds: 10,
  /**
   * What was there before is known for this long, not for five minutes: of parts of aggregates that are merged within seconds nothing
   * is left to be written then. Who reads at one instant for longer says so; see `withHistory`.
   */
  minSnapshotHistoryWindowInSeconds: 10,
};
/** Memory for documents and indexes. Half of the machine's, which mongod takes by itself, makes checkpoints that everybody waits for. */
export const CACHE_GB = 1;
/**
 * Shares of the cache that may wait for a checkpoint, which comes each minute. Parts of aggregates are merged within seconds,
 * and pages of indexes gain all over: with the defaults, a twentieth of the cache, mongod writes most parts to data files
 * before they go, and the same pages many times. All of it is in the journal anyway. The more waits, the longer everybody waits
 * for a checkpoint: with three fifths a backlog drains a tenth faster than with one fifth, and checkpoints under load take 2.7 s instead of 1.0.
 *
 * With a limit of what is read and written in a second, which is never met here, mongod has the system write data files to the disk as
 * they grow instead of all at the checkpoint, where Redis and the journal wait for the same disk.
 */
export const ENGINE = [
  ...['eviction_dirty_target=30', 'eviction_dirty_trigger=80'],
  ...['eviction_updates_target=15', 'eviction_updates_trigger=70'],
  'io_capacity=(total=200MB)',
].join();

export interface StartMongodOptions {
  binary: string;
  /** Its data goes to the folder `mongodb` in here. */
  dataDir: string;
  /** Another one is chosen when this one is taken. */
  port?: number | undefined;
  report: Report;
  /** Memory for cached documents, in GB, 0.25 at least. */
  cacheGb?: number | undefined;
}

/**
 * Starts a mongod of our own on the data folder, as a replica set of one (transactions need a replica set), and
 * resolves once it takes writes.
 */
export async function startMongod(options: StartMongodOptions): Promise<RunningStore> {
  const { binary, port, report, cacheGb = CACHE_GB } = options;
  // Absolute, because the server may change its working folder before it opens its files.
  const dataDir = resolve(options.dataDir);
  const folder = join(dataDir, 'mongodb');
  const logFile = join(dataDir, 'mongodb.log');
  await mkdir(folder, { recursive: true });
  return startStore({
    port,
    report,
    spec: {
      name: 'MongoDB',
      binary,
      logFile,
      pidFile: join(dataDir, 'mongodb.pid'),
      program: /mongod/,
      // No directConnection: a client that knows the set waits for its primary while mongod is being restarted, where
      // a direct one would send its writes to a server that does not take them yet.
      url: (port) => `mongodb://127.0.0.1:${port}/feedback?replicaSet=${REPLICA_SET}`,
      args: (port) => [
        ...['--replSet', REPLICA_SET, '--bind_ip', '127.0.0.1', '--port', String(port), '--nounixsocket'],
        ...['--dbpath', folder, '--oplogSize', String(OPLOG_MB), '--wiredTigerCacheSizeGB', String(cacheGb)],
        ...['--wiredTigerEngineConfigString', ENGINE, '--noscripting'],
        ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
        ...Object.entries(PARAMETERS).flatMap(([name, value]) => ['--setParameter', `${name}=${value}`]),
        ...['--logpath', logFile, '--logappend', '--quiet'],
        // Lines about slow operations carry the documents, and with them what people wrote.
        ...['--slowOpSampleRate', '0'],
      ],
      untilReady: (port, signal) => initiateReplicaSet({ port, signal, report }),
    },
  });
}
