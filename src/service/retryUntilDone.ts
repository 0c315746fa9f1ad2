import { setTimeout as sleep } from 'node:timers/promises';
import type { OnStop } from './onStop.ts';

const RETRY_INTERVAL_MS = 500;

/** Retries work that needs a store, until it succeeds or the service stops. Never rejects. */
export async function retryUntilDone(work: () => Promise<unknown>, onStop: OnStop): Promise<void> {
  let stopped = false;
  onStop(() => {
    stopped = true;
  });
  while (!stopped) {
    try {
      await work();
      return;
    } catch {
      await sleep(RETRY_INTERVAL_MS);
    }
  }
}
