import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;
/** Below the time limit of a test, so that the reason is reported rather than the limit. */
const MAX_WAIT_MS = 25_000;

/**
 * Waits until a condition holds. Rejects after `maxMs` milliseconds, with the reason: what was waited for, and if it is a
 * function, how things are at that moment.
 */
export async function until(
  isSo: () => Promise<boolean> | boolean,
  reason: string | (() => Promise<string> | string),
  maxMs = MAX_WAIT_MS,
): Promise<void> {
  const startedMs = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedMs > maxMs) {
      const text = typeof reason === 'string' ? reason : await reason();
      throw new Error(`Waited ${maxMs} ms in vain until ${text}`);
    }
    await sleep(POLL_MS);
  }
}
