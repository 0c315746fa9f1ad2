import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../storesOptions.ts';
import { pingRedis } from './pingRedis.ts';
import type { RunningStore } from './runningStore.ts';
import { startStore } from './startStore.ts';

/** Reading a large append-only file back takes a while: about a minute for every few GB. */
const READY_TIMEOUT_MS = 5 * 60_000;
const REPORT_AFTER_MS = 3_000;
const POLL_INTERVAL_MS = 25;

export interface StartRedisOptions {
  binary: string;
  /** Its data goes to the folder `redis` in here. */
  dataDir: string;
  /** Another one is chosen when this one is taken. */
  port?: number | undefined;
  report: Report;
  /** When a write is on disk: before its answer (`always`), or up to a second after. */
  fsync?: 'always' | 'everysec';
}

/** Starts a Redis of our own on the data folder, and resolves once it has its data back and answers. */
export async function startRedis(options: StartRedisOptions): Promise<RunningStore> {
  const { binary, port, report, fsync = 'always' } = options;
  // Absolute, because the server may change its working folder before it opens its files.
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
        // Refusing a write is an answer the service can act on; dropping a job to make room is not.
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
      report(state === 'loading' ? 'Redis is reading its data back …' : 'Waiting for Redis to answer …');
    }
    await sleep(POLL_INTERVAL_MS);
  }
}
