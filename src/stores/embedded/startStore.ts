import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../storesOptions.ts';
import { choosePort } from './choosePort.ts';
import { waitForPreviousServer } from './previousServer.ts';
import type { RunningStore } from './runningStore.ts';
import { type SupervisedProcess, startSupervised } from './supervisedProcess.ts';

/** What one kind of server needs to be run. */
export interface StoreSpec {
  name: string;
  binary: string;
  args(port: number): readonly string[];
  url(port: number): string;
  logFile: string;
  pidFile: string;
  /** The name of such a server's program. */
  program: RegExp;
  reopenLogSignal?: NodeJS.Signals;
  /** Resolves once the server can be used. Rejects when that takes too long, and soon after the signal. */
  untilReady(port: number, signal: AbortSignal): Promise<void>;
}

const MAX_PORT_ATTEMPTS = 3;
const RESTART_BACKOFF_MS = { first: 200, most: 5_000 };
/** A server that lived this long is restarted at the first backoff again. */
const SETTLED_AFTER_MS = 30_000;
const LOG_TAIL_BYTES = 2_000;
const LOG_TAIL_LINES = 8;

/** Starts a server on the preferred port, or on a free one when that is taken, and keeps it running until stopped. */
export async function startStore(options: {
  recipe: StoreSpec;
  port?: number | undefined;
  report: Report;
}): Promise<RunningStore> {
  const { recipe, report } = options;
  const stopping = new AbortController();
  const listeners: ((exitCode: number) => void)[] = [];
  let current: SupervisedProcess;
  let reviving: Promise<void> | undefined;

  const launch = async (port: number) => {
    const startedAt = Date.now();
    await waitForPreviousServer({ ...recipe, report });
    current = await startSupervised({ ...recipe, args: recipe.args(port) });
    await becomeReady({ recipe, port, server: current, stopping: stopping.signal });
    watch(current, startedAt);
  };

  const watch = (server: SupervisedProcess, startedAt: number) => {
    void server.ended.then((exitCode) => {
      if (stopping.signal.aborted) return;
      report(`${recipe.name} ended (exit code ${exitCode}); starting it again …`);
      for (const listener of listeners) listener(exitCode);
      const settled = Date.now() - startedAt > SETTLED_AFTER_MS;
      backoffMs = settled ? RESTART_BACKOFF_MS.first : Math.min(backoffMs * 2, RESTART_BACKOFF_MS.most);
      reviving = revive();
    });
  };

  let backoffMs = RESTART_BACKOFF_MS.first / 2;
  const revive = async () => {
    while (!stopping.signal.aborted) {
      await sleep(backoffMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      try {
        await launch(port);
        report(`${recipe.name} is back (process ${current.pid}, port ${port}).`);
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        report(`${recipe.name} could not be started again: ${(error as Error).message}`);
        backoffMs = Math.min(backoffMs * 2, RESTART_BACKOFF_MS.most);
      }
    }
  };

  // The former server may still hold the very port that is preferred.
  await waitForPreviousServer({ ...recipe, report });
  let port = await choosePort(options.port);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await launch(port);
      break;
    } catch (error) {
      // Something else may have taken the port between its choice and the server's start.
      const portTaken = /address already in use/i.test((error as Error).message);
      if (!portTaken || attempt === MAX_PORT_ATTEMPTS) throw error;
      port = await choosePort();
    }
  }

  return {
    url: recipe.url(port),
    port,
    get pid() {
      return current.pid;
    },
    async stop() {
      stopping.abort();
      await current.stop();
      await reviving;
      await current.stop();
    },
    kill(signal = 'SIGKILL') {
      process.kill(current.pid, signal);
    },
    onExit(listener) {
      listeners.push(listener);
    },
  };
}

async function becomeReady(options: {
  recipe: StoreSpec;
  port: number;
  server: SupervisedProcess;
  stopping: AbortSignal;
}): Promise<void> {
  const { recipe, port, server, stopping } = options;
  const given = new AbortController();
  const ended = server.ended.then(async (exitCode) => {
    throw new Error(
      `${recipe.name} (${recipe.binary}) ended while starting, with exit code ${exitCode}.` +
        ` Its log, ${recipe.logFile}, ends with:\n${await logTail(recipe.logFile)}`,
    );
  });
  ended.catch(() => {});
  try {
    await Promise.race([recipe.untilReady(port, AbortSignal.any([given.signal, stopping])), ended]);
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    given.abort();
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
