import { setTimeout as sleep } from 'node:timers/promises';
import type { OnStop } from './onStop.ts';

const AGAIN_MS = 500;

/** Does what needs stores that may be away now, until it is done or the service stops. Never rejects. */
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
      await sleep(AGAIN_MS);
    }
  }
}
