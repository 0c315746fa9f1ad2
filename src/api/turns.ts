/**
 * Turns for what takes long to work on without a pause, such as a large body: in one turn of the event loop little of it is
 * done, and between two turns everything else has its chance. Otherwise a hundred of them that come together, each of some
 * milliseconds, are one long turn, in which nobody else is answered; and since a turn takes few of the new connections, who
 * comes new waits for several of these.
 */
export interface Turns {
  /** Resolves when the work may be done, at once and without a pause. What is first goes before all that is not. */
  take(isFirst: boolean): Promise<void>;
  /** How many wait that are not first. */
  countOthers(): number;
}

/** In one turn, work is begun until so much time has passed. What had to wait comes one by one. */
const TURN_MS = 4;

export function createTurns({ turnMs = TURN_MS } = {}): Turns {
  const first: (() => void)[] = [];
  const others: (() => void)[] = [];
  let startedAt: number | undefined;

  function start(): void {
    startedAt = performance.now();
    setImmediate(() => {
      startedAt = undefined;
      const next = first.shift() ?? others.shift();
      if (!next) return;
      start();
      next();
    });
  }

  return {
    async take(isFirst) {
      if (startedAt === undefined) return start();
      const isAnyWaiting = first.length + others.length > 0;
      if (!isAnyWaiting && performance.now() - startedAt < turnMs) return;
      await new Promise<void>((resolve) => {
        (isFirst ? first : others).push(resolve);
      });
    },
    countOthers: () => others.length,
  };
}
