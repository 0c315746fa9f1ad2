import type { RunningWorker } from './startBackgroundWorker.ts';

/**
 * Runs a step again and again. The first one starts after `firstMs`; each returns the milliseconds until the next, or
 * undefined if it was the last.
 */
export function runPeriodically(step: () => Promise<number | undefined>, firstMs = 0): RunningWorker {
  let isStopped = false;
  let wake = () => {};
  const running = run();

  async function run(): Promise<void> {
    if (firstMs > 0) await pause(firstMs);
    while (!isStopped) {
      const ms = await step();
      if (ms === undefined) return;
      await pause(ms);
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (isStopped) wake();
    });
  }

  return {
    async close() {
      isStopped = true;
      wake();
      await running;
    },
  };
}
