/**
 * Time slices: spreads CPU-heavy work (parsing large bodies) over several iterations of the event loop, so that a burst of
 * large requests starves neither other requests nor new connections. An iteration begins such work for 4 ms at most.
 *
 * Priority work goes first. Low-priority work also leaves CPU time to the workers and stores on the machine: while
 * priority work arrives, an idle time twice as long follows each iteration with low-priority work.
 */
export interface TimeSlicer {
  /** Resolves when the work may run, at once and without a pause. */
  acquire(isPriority: boolean): Promise<void>;
  /** Records priority work that needs no slice. */
  notePriorityWork(): void;
  /** Number of waiters with low priority. */
  lowPriorityWaiting(): number;
}

/** Time in one iteration in which work may begin, in ms. Work that had to wait begins one per iteration. */
const SLICE_MS = 4;
/** Idle time after low-priority work, as a multiple of the time it took. */
const IDLE_FACTOR = 2;
/** Time without priority work after which low-priority work no longer idles, in ms. */
const QUIET_MS = 1_000;

export function createTimeSlicer({
  sliceMs = SLICE_MS,
  idleFactor = IDLE_FACTOR,
  quietMs = QUIET_MS,
} = {}): TimeSlicer {
  const priorityWaiters: (() => void)[] = [];
  const lowPriorityWaiters: (() => void)[] = [];
  /** the work of the current iteration of the event loop */
  let slice: { startMs: number; hasLowPriority: boolean } | undefined;
  let lastPriorityMs = Number.NEGATIVE_INFINITY;
  let idleUntilMs = Number.NEGATIVE_INFINITY;
  let isTimerSet = false;

  function begin(isPriority: boolean): void {
    if (!slice) {
      slice = { startMs: performance.now(), hasLowPriority: false };
      setImmediate(end);
    }
    slice.hasLowPriority ||= !isPriority;
  }

  function end(): void {
    const nowMs = performance.now();
    if (slice?.hasLowPriority && nowMs - lastPriorityMs < quietMs)
      idleUntilMs = nowMs + idleFactor * (nowMs - slice.startMs);
    slice = undefined;
    startNext();
  }

  /** Starts the first waiter that may start. */
  function startNext(): void {
    const isPriority = priorityWaiters.length > 0;
    const idleMs = idleUntilMs - performance.now();
    if (isPriority || idleMs <= 0) {
      const start = priorityWaiters.shift() ?? lowPriorityWaiters.shift();
      if (start) begin(isPriority);
      start?.();
    } else if (lowPriorityWaiters.length > 0) startNextIn(idleMs);
  }

  function startNextIn(ms: number): void {
    if (isTimerSet) return;
    isTimerSet = true;
    setTimeout(() => {
      isTimerSet = false;
      if (!slice) startNext();
    }, ms).unref();
  }

  function mayBegin(isPriority: boolean): boolean {
    const nowMs = performance.now();
    if (!isPriority && (lowPriorityWaiters.length > 0 || nowMs < idleUntilMs)) return false;
    return !slice || (priorityWaiters.length === 0 && nowMs - slice.startMs < sliceMs);
  }

  function notePriorityWork(): void {
    lastPriorityMs = performance.now();
  }

  return {
    async acquire(isPriority) {
      if (isPriority) notePriorityWork();
      if (mayBegin(isPriority)) return begin(isPriority);
      await new Promise<void>((resolve) => {
        (isPriority ? priorityWaiters : lowPriorityWaiters).push(resolve);
        if (!slice) startNext();
      });
    },
    notePriorityWork,
    lowPriorityWaiting: () => lowPriorityWaiters.length,
  };
}
