import { initiateReplicaSet, REPLICA_SET } from './initiateReplicaSet.ts';
import type { RunningStore } from './runningStore.ts';
import { type StartOptions, startStore } from './startStore.ts';

const OPLOG_MB = 1024;
export const PARAMETERS = {
  /** Max seconds that the locks of a dead worker's transaction stay. The default is 60. */
  transactionLifetimeLimitSeconds: 10,
  /**
   * Seconds of snapshot history. With the default of 300, mongod writes aggregate parts to disk that are merged within
   * seconds. A longer snapshot read raises it, see `withSnapshotHistory`.
   */
  minSnapshotHistoryWindowInSeconds: 10,
};
/** Memory for documents and indexes, in GB. The default, half of the machine's memory, makes checkpoints slow. */
export const CACHE_GB = 1;
/**
 * WiredTiger settings for short-lived aggregate parts.
 *
 * - `eviction_*`: percent of the cache that may wait for the checkpoint of each minute. With the default of 5 %, mongod
 *   writes most parts to data files before they are merged, and the same index pages many times. A higher share drains a
 *   backlog faster but makes checkpoints longer: 60 % instead of 20 % is a tenth faster, with checkpoints of 2.7 s
 *   instead of 1.0 s under load. The journal holds the data in either case.
 * - `io_capacity`: a limit that is never reached. Setting it makes mongod flush data files as they grow, not all at the
 *   checkpoint, when Redis and the journal would wait for the same disk.
 */
export const ENGINE = [
  ...['eviction_dirty_target=30', 'eviction_dirty_trigger=80'],
  ...['eviction_updates_target=15', 'eviction_updates_trigger=70'],
  'io_capacity=(total=200MB)',
].join();

export interface StartMongodOptions extends StartOptions {
  /** Memory for cached documents, in GB, at least 0.25. */
  cacheGb?: number | undefined;
}

/** Starts a mongod as a replica set of one (transactions need a replica set), and resolves once it takes writes. */
export async function startMongod(options: StartMongodOptions): Promise<RunningStore> {
  const { report, cacheGb = CACHE_GB } = options;
  return startStore(
    {
      name: 'MongoDB',
      folder: 'mongodb',
      program: /mongod/,
      // No directConnection: a client of the set waits for its primary. A direct one would send writes too early.
      url: (port) => `mongodb://127.0.0.1:${port}/feedback?replicaSet=${REPLICA_SET}`,
      args: (port, folder, logFile) => [
        ...['--replSet', REPLICA_SET, '--bind_ip', '127.0.0.1', '--port', String(port), '--nounixsocket'],
        ...['--dbpath', folder, '--oplogSize', String(OPLOG_MB), '--wiredTigerCacheSizeGB', String(cacheGb)],
        ...['--wiredTigerEngineConfigString', ENGINE, '--noscripting'],
        ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
        ...Object.entries(PARAMETERS).flatMap(([name, value]) => ['--setParameter', `${name}=${value}`]),
        ...['--logpath', logFile, '--logappend', '--quiet'],
        // Log lines of slow operations would contain documents, and with them personal data.
        ...['--slowOpSampleRate', '0'],
      ],
      untilReady: (port, signal) => initiateReplicaSet(port, signal, report),
    },
    options,
  );
}
