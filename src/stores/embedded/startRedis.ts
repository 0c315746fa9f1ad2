import { pingRedis } from './pingRedis.ts';
import type { RunningStore } from './runningStore.ts';
import { type StartOptions, startStore } from './startStore.ts';
import { waitUntil } from './waitUntil.ts';

/** Redis reads its append-only file before it answers, which takes about a minute for every few GB. */
const READY = { timeoutMs: 5 * 60_000, reportAfterMs: 3_000, pollIntervalMs: 25 };
const NOT_READY = { loading: 'Redis is loading its data', away: 'Redis does not answer yet' };

export interface StartRedisOptions extends StartOptions {
  /** Time of the sync to disk: before the response to a write (`always`), or up to a second later. */
  fsync?: 'always' | 'everysec';
}

/** Starts a Redis on the data folder, and resolves once it has loaded its data and answers. */
export async function startRedis(options: StartRedisOptions): Promise<RunningStore> {
  const { report, fsync = 'always' } = options;
  return startStore(
    {
      name: 'Redis',
      folder: 'redis',
      program: /redis|valkey/,
      url: (port) => `redis://127.0.0.1:${port}`,
      args: (port, folder, logFile) => [
        ...['--bind', '127.0.0.1', '--port', String(port)],
        ...['--dir', folder, '--logfile', logFile],
        ...['--appendonly', 'yes', '--appendfsync', fsync, '--save', ''],
        // The service can handle a refused write, but not a dropped job.
        ...['--maxmemory-policy', 'noeviction'],
      ],
      untilReady: (port, signal) =>
        waitUntil(
          async () => {
            const state = await pingRedis(port);
            return state === 'ready' ? undefined : NOT_READY[state];
          },
          { ...READY, report, signal },
        ),
    },
    options,
  );
}
