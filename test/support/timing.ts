/** The median time of a run, of several tries, after one that warms up. */
export function medianMs(run: () => unknown, tries = 15): number {
  return timesOf(run, tries)[Math.floor(tries / 2)]!;
}

/** The shortest time: what comes in between only ever makes a run longer. */
export function leastMs(run: () => unknown, tries: number): number {
  return timesOf(run, tries)[0]!;
}

/** Of several tries, after one that warms up; the shortest first. */
function timesOf(run: () => unknown, tries: number): number[] {
  run();
  return Array.from({ length: tries }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  }).sort((a, b) => a - b);
}

/** Of what is timed by the microsecond, more runs than one, so that the clock's grain and a pause do not count. */
const MIN_MS = 2;

/**
 * How many times as long a run takes over twice the text: 2 where the time is in proportion, 4 where it is quadratic. The
 * least of a few measurements, since a busy machine only ever makes a run longer.
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
  return Math.min(...[1, 2, 3].map(() => timeOf(twice) / timeOf(once)));
}
