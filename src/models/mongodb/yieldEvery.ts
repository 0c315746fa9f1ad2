import { setImmediate } from 'node:timers/promises';

/** Yields to the event loop in every `every`th call, so that a long computation does not delay requests. */
export function yieldEvery(every: number): () => Promise<void> | undefined {
  let calls = 0;
  return () => (++calls % every === 0 ? setImmediate() : undefined);
}
