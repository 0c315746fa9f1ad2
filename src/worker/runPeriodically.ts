export interface PeriodicTask {
  /** Ends it, when the step that is under way is done. */
  close(): Promise<void>;
}

/** Does a step again and again, after so many milliseconds as each says; the first one after `firstMs`. */
export function runPeriodically(step: () => Promise<number>, firstMs = 0): PeriodicTask {
  let stopped = false;
  let wake = () => {};
  const running = run();

  async function run(): Promise<void> {
    if (firstMs > 0) await rest(firstMs);
    while (!stopped) await rest(await step());
  }

  function rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (stopped) wake();
    });
  }

  return {
    async close() {
      stopped = true;
      wake();
      await running;
    },
  };
}
