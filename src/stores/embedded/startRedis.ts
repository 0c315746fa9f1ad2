import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Report } from '../storesOptions.ts';
import { pingRedis } from './pingRedis.ts';
import type { RunningStore } from './runningStore.ts';
import { startStore } from './startStore.ts';
import { waitUntil } from './waitUntil.ts';

/** Redis reads its append-only file before it answers, which takes about a minute for every few GB. */
const READY = { timeoutMs: 5 * 60_000, reportAfterMs: 3_000, pollIntervalMs: 25 };
const NOT_READY = { loading: 'Redis is loading its data', away: 'Redis does not answer yet' };

export interface StartRedisOptions {
  binary: string;
  /** Parent of the data folder `redis`. */
  dataDir: string;
  /** Preferred port. Another one is chosen if it is taken. */
  port?: number | undefined;
  report: Report;
  /** Time of the sync to disk: before the response to a write (`always`), or up to a second later. */
  fsync?: 'always' | 'everysec';
}

/** Starts a Redis on the data folder, and resolves once it has loaded its data and answers. */
export async function startRedis(options: StartRedisOptions): Promise<RunningStore> {
  const { binary, port, report, fsync = 'always' } = options;
  // Absolute, because the server may change its working directory before it opens files.
  const dataDir = resolve(options.dataDir);
  const folder = join(dataDir, 'redis');
  const logFile = join(dataDir, 'redis.log');
  await mkdir(folder, { recursive: true });
  return startStore({
    port,
    report,
    spec: {
      name: 'Redis',
      binary,
      logFile,
      pidFile: join(dataDir, 'redis.pid'),
      program: /redis|valkey/,
      url: (port) => `redis://127.0.0.1:${port}`,
      args: (port) => [
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
  });
}
