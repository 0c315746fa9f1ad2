import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningStore } from '../../src/stores/embedded/runningStore.ts';
import type { Report } from '../../src/stores/storesOptions.ts';

/** A store that is started again on its port whenever it ends without `stop`. */
export interface RestartingStore {
  readonly url: string;
  readonly port: number;
  /** Process id of the server, another one after each restart. */
  readonly pid: number;
  /** Sends the server a signal, SIGKILL by default. */
  kill(signal?: NodeJS.Signals): void;
  /** Calls back with the exit code each time the server has ended, before it is started again. */
  onExit(listener: (exitCode: number) => void): void;
  stop(): Promise<void>;
}

const RESTART_DELAY_MS = 100;

/** Starts a store and keeps it running. `start` is called with the port of the first start. */
export async function startRestarting(
  start: (port?: number) => Promise<RunningStore>,
  report: Report,
): Promise<RestartingStore> {
  const listeners: ((exitCode: number) => void)[] = [];
  let current = await start();
  const { url, port } = current;
  let isStopping = false;

  const restart = async () => {
    while (!isStopping) {
      await sleep(RESTART_DELAY_MS);
      try {
        const store = await start(port);
        current = store;
        if (store.port === port) return;
        await store.stop();
      } catch (error) {
        report(`${url} could not be started again: ${(error as Error).message}`);
      }
    }
  };
  const run = async () => {
    while (!isStopping) {
      const exitCode = await current.ended;
      if (isStopping) return;
      report(`${url} ended with exit code ${exitCode}`);
      for (const listener of listeners) listener(exitCode);
      await restart();
      report(`${url} is back (process ${current.pid})`);
    }
  };
  const running = run();

  return {
    url,
    port,
    get pid() {
      return current.pid;
    },
    kill: (signal = 'SIGKILL') => void process.kill(current.pid, signal),
    onExit: (listener) => void listeners.push(listener),
    async stop() {
      isStopping = true;
      await current.stop();
      await running;
      await current.stop();
    },
  };
}
