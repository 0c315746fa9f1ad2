/** Starts timing a phase of a batch; what it returns ends it. */
export type BatchTimer = (phase: 'analysis' | 'transaction') => () => void;

export function observed<T>(time: BatchTimer, phase: Parameters<BatchTimer>[0], work: () => T): T {
  const done = time(phase);
  const result = work();
  done();
  return result;
}
