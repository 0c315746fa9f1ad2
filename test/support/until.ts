import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is so. Rejects where it does not come to be in time. */
export async function until(isSo: () => Promise<boolean>, maxMs = 60_000): Promise<void> {
  const since = Date.now();
  while (!(await isSo())) {
    if (Date.now() - since > maxMs) throw new Error('it did not come to be');
    await sleep(20);
  }
}
