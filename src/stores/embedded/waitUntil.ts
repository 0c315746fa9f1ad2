import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../storesOptions.ts';

/**
 * Polls until `check` returns undefined, not the reason why something is not ready yet. Reports once when that takes long.
 *
 * @throws Error with the last reason after `timeoutMs`, or the reason of the abort after `signal`
 */
export async function waitUntil(
  check: () => Promise<string | undefined>,
  options: { timeoutMs: number; reportAfterMs: number; pollIntervalMs: number; report: Report; signal?: AbortSignal },
): Promise<void> {
  const { timeoutMs, reportAfterMs, pollIntervalMs, report, signal } = options;
  const start = Date.now();
  let reported = false;
  for (;;) {
    const reason = await check();
    if (reason === undefined) return;
    signal?.throwIfAborted();
    const waitedMs = Date.now() - start;
    if (waitedMs > timeoutMs) throw new Error(`Not done after ${timeoutMs / 1000} s: ${reason}`);
    if (waitedMs > reportAfterMs && !reported) {
      reported = true;
      report(`Waiting: ${reason} …`);
    }
    await sleep(pollIntervalMs);
  }
}
