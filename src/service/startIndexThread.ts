import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { RunningWorker } from '../worker/startBackgroundWorker.ts';
import { type IndexThreadData, STOP } from './indexThreadData.ts';

const RESTART_MS = 2_000;
/** Max megabytes of the thread's heap. The search index holds some thousand feedback at once. */
const HEAP_MB = 160;

/**
 * Runs the indexers in a thread of their own, so that they delay neither requests nor the storing of feedback. Starts
 * another thread if one ends: each step of an indexer is a transaction, or is repeated by the next.
 */
export function startIndexThread(data: IndexThreadData, log: Logger): RunningWorker {
  let isStopping = false;
  let thread: Worker;
  let restart: NodeJS.Timeout | undefined;
  let ended = Promise.resolve();

  function start(): void {
    thread = new Worker(new URL('./indexThread.js', import.meta.url), {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    thread.on('error', (error) => log.warn({ err: error }, 'the index thread failed'));
    ended = new Promise((resolve) => {
      thread.once('exit', () => {
        resolve();
        if (!isStopping) restart = setTimeout(start, RESTART_MS);
      });
    });
  }
  start();

  return {
    async close() {
      isStopping = true;
      clearTimeout(restart);
      thread.postMessage(STOP);
      await ended;
    },
  };
}
