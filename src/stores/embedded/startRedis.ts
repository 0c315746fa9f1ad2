import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../storesOptions.ts';
import { pingRedis } from './pingRedis.ts';
import type { RunningStore } from './runningStore.ts';
import { startStore } from './startStore.ts';

/** Max time until Redis answers. It reads its append-only file first: about a minute for every few GB. */
const READY_TIMEOUT_MS = 5 * 60_000;
const REPORT_AFTER_MS = 3_000;
const POLL_INTERVAL_MS = 25;

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
      untilReady: (port, signal) => untilAnswering(port, signal, report),
    },
  });
}

async function untilAnswering(port: number, signal: AbortSignal, report: Report): Promise<void> {
  const start = Date.now();
  let reported = false;
  for (;;) {
    const state = await pingRedis(port);
    if (state === 'ready') return;
    signal.throwIfAborted();
    const waitedMs = Date.now() - start;
    if (waitedMs > READY_TIMEOUT_MS) throw new Error(`Redis did not answer in ${READY_TIMEOUT_MS / 1000} s`);
    if (waitedMs > REPORT_AFTER_MS && !reported) {
      reported = true;
      report(state === 'loading' ? 'Redis is loading its data …' : 'Waiting for Redis to answer …');
    }
    await sleep(POLL_INTERVAL_MS);
  }
}
