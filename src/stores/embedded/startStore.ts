import { mkdir, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Report } from '../storesOptions.ts';
import { choosePort } from './choosePort.ts';
import { waitForPreviousServer } from './previousServer.ts';
import type { RunningStore } from './runningStore.ts';
import { startSupervised } from './supervisedProcess.ts';

export interface StartOptions {
  binary: string;
  /** Parent of the server's data folder, log and process id file. */
  dataDir: string;
  /** Preferred port. Another one is chosen if it is taken. */
  port?: number | undefined;
  report: Report;
}

/** How to run one kind of server. */
interface StoreSpec {
  name: string;
  /** Name of its data folder and files. */
  folder: string;
  args(port: number, folder: string, logFile: string): readonly string[];
  url(port: number): string;
  /** Matches the name of the server's program. */
  program: RegExp;
  /** Resolves once the server can be used. Rejects when that takes too long, and soon after the signal. */
  untilReady(port: number, signal: AbortSignal): Promise<void>;
}

const MAX_PORT_ATTEMPTS = 3;
const LOG_TAIL_BYTES = 2_000;
const LOG_TAIL_LINES = 8;

/**
 * Starts a server on the preferred port, or on a free one when that is taken, and resolves once it can be used.
 *
 * @throws Error when it ends while starting (with the end of its log), or is not ready in time
 */
export async function startStore(spec: StoreSpec, options: StartOptions): Promise<RunningStore> {
  const { binary, report } = options;
  // Absolute, because the server may change its working directory before it opens files.
  const folder = resolve(options.dataDir, spec.folder);
  const [logFile, pidFile] = [`${folder}.log`, `${folder}.pid`];
  await mkdir(folder, { recursive: true });
  // The previous server may still hold the preferred port.
  await waitForPreviousServer({ pidFile, program: spec.program, report });
  let port = await choosePort(options.port);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const server = await startSupervised({ binary, args: spec.args(port, folder, logFile), logFile, pidFile });
      const store = { ...server, name: spec.name, binary, logFile, url: spec.url(port), port };
      await untilReady(spec, store);
      return store;
    } catch (error) {
      // Another process may have taken the port after it was chosen.
      const isPortTaken = /address already in use/i.test((error as Error).message);
      if (!isPortTaken || attempt === MAX_PORT_ATTEMPTS) throw error;
      port = await choosePort();
    }
  }
}

async function untilReady(spec: StoreSpec, store: RunningStore): Promise<void> {
  const { name, binary, logFile, port } = store;
  const waiting = new AbortController();
  const ended = store.ended.then(async (exitCode) => {
    throw new Error(
      `${name} (${binary}) ended while starting, with exit code ${exitCode}.` +
        ` Its log, ${logFile}, ends with:\n${await logTail(logFile)}`,
    );
  });
  ended.catch(() => {});
  try {
    await Promise.race([spec.untilReady(port, waiting.signal), ended]);
  } catch (error) {
    await store.stop();
    throw error;
  } finally {
    waiting.abort();
  }
}

async function logTail(logFile: string): Promise<string> {
  const file = await open(logFile);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(LOG_TAIL_BYTES),
      position: Math.max(0, size - LOG_TAIL_BYTES),
    });
    return buffer.toString('utf8', 0, bytesRead).trim().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  } finally {
    await file.close();
  }
}
