/**
 * Turns for what takes long to work on without a pause, such as a large body: in one turn of the event loop little of it is
 * done, and between two turns everything else has its chance. Otherwise a hundred of them that come together, each of some
 * milliseconds, are one long turn, in which nobody else is answered; and since a turn takes few of the new connections, who
 * comes new waits for several of these.
 *
 * What does not go first leaves most of the time to the rest of the machine, too, as long as there is something that does:
 * after each turn of it comes a rest, twice as long. A flood that is taken in as fast as that can be done takes a core from
 * the workers and the stores that everybody waits for.
 */
export interface TimeSlicer {
  /** Resolves when the work may be done, at once and without a pause. What is first goes before all that is not. */
  acquire(isFirst: boolean): Promise<void>;
  /** Says that something has come that goes first and needs no turn. */
  notePriorityWork(): void;
  /** How many wait that are not first. */
  lowPriorityWaiting(): number;
}

/** In one turn, work is begun until so much time has passed. What had to wait comes one by one. */
const SLICE_MS = 4;
/** How long a rest is, of the turn before it. */
const IDLE_FACTOR = 2;
/** Something goes first, until there has been none for so long. */
const QUIET_MS = 1_000;

export function createTimeSlicer({
  turnMs = SLICE_MS,
  rest = IDLE_FACTOR,
  lullMs = QUIET_MS,
} = {}): TimeSlicer {
  const first: (() => void)[] = [];
  const others: (() => void)[] = [];
  let turn: { startedAt: number; hasOthers: boolean } | undefined;
  let lastFirstAt = Number.NEGATIVE_INFINITY;
  let restsUntil = Number.NEGATIVE_INFINITY;
  let isTimed = false;

  function begin(isFirst: boolean): void {
    if (!turn) {
      turn = { startedAt: performance.now(), hasOthers: false };
      setImmediate(end);
    }
    turn.hasOthers ||= !isFirst;
  }

  function end(): void {
    const now = performance.now();
    if (turn?.hasOthers && now - lastFirstAt < lullMs) restsUntil = now + rest * (now - turn.startedAt);
    turn = undefined;
    next();
  }

  /** Begins with what has waited longest, if it may. */
  function next(): void {
    const isFirst = first.length > 0;
    const restMs = restsUntil - performance.now();
    if (isFirst || restMs <= 0) {
      const start = first.shift() ?? others.shift();
      if (start) begin(isFirst);
      start?.();
    } else if (others.length > 0) waitFor(restMs);
  }

  function waitFor(ms: number): void {
    if (isTimed) return;
    isTimed = true;
    setTimeout(() => {
      isTimed = false;
      if (!turn) next();
    }, ms).unref();
  }

  function mayBegin(isFirst: boolean): boolean {
    const now = performance.now();
    if (!isFirst && (others.length > 0 || now < restsUntil)) return false;
    return !turn || (first.length === 0 && now - turn.startedAt < turnMs);
  }

  function notePriorityWork(): void {
    lastFirstAt = performance.now();
  }

  return {
    async acquire(isFirst) {
      if (isFirst) notePriorityWork();
      if (mayBegin(isFirst)) return begin(isFirst);
      await new Promise<void>((resolve) => {
        (isFirst ? first : others).push(resolve);
        if (!turn) next();
      });
    },
    notePriorityWork,
    lowPriorityWaiting: () => others.length,
  };
}
