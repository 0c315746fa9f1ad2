import { setImmediate } from 'node:timers/promises';

/** Lets others have a turn after every so many calls: long sums are not to hold up what answers requests. */
export function yieldEvery(every: number): () => Promise<void> | undefined {
  let calls = 0;
  return () => (++calls % every === 0 ? setImmediate() : undefined);
}
