/** Median milliseconds of several runs, after a warm-up. */
export function medianMs(run: () => unknown, tries = 15): number {
  return timesOf(run, tries)[Math.floor(tries / 2)]!;
}

/** Least milliseconds of several runs, after a warm-up: interruptions only ever make a run longer. */
export function leastMs(run: () => unknown, tries: number): number {
  return timesOf(run, tries)[0]!;
}

/** Milliseconds of several runs, shortest first, after a warm-up. */
function timesOf(run: () => unknown, tries: number): number[] {
  run();
  return Array.from({ length: tries }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  }).sort((a, b) => a - b);
}

/** Max measurements of a growth, and a growth after which no more are made. */
const MAX_MEASUREMENTS = 12;
const SURELY_LINEAR = 2.15;
/** Min milliseconds of a measurement. Shorter work is repeated, so that the clock's resolution and a pause don't matter. */
const MIN_MS = 2;

/**
 * Factor by which a run takes longer for twice the text: 2 if it is linear, 4 if it is quadratic. The least of some
 * measurements, since a busy machine only ever makes a run longer.
 */
export function growthOver(unit: string, length: number, run: (text: string) => unknown): number {
  const textOf = (size: number) => unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
  const [once, twice] = [textOf(length), textOf(2 * length)];
  const rounds = Math.ceil(
    MIN_MS /
      Math.max(
        medianMs(() => run(once), 3),
        0.01,
      ),
  );
  const timeOf = (text: string) =>
    leastMs(() => {
      for (let round = 0; round < rounds; round++) run(text);
    }, 9);
  let least = Number.POSITIVE_INFINITY;
  for (let measured = 0; measured < MAX_MEASUREMENTS && least > SURELY_LINEAR; measured++)
    least = Math.min(least, timeOf(twice) / timeOf(once));
  return least;
}
