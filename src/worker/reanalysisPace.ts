import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Leaves the rest of the time to ingest: a chunk that took a while is followed by a pause, so that chunks take no more
 * than a share of the time. A busy database makes chunks slow, and so the pauses long.
 */
export function createPace(share: number, signal: AbortSignal) {
  const LONGEST_PAUSE_MS = 20_000;
  return async (tookMs: number): Promise<void> => {
    const pause = Math.min(tookMs * (1 / share - 1), LONGEST_PAUSE_MS);
    if (pause > 0) await sleep(pause, undefined, { signal }).catch(() => {});
  };
}
