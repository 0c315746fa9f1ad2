/** Keeps the event loop busy for this many milliseconds. */
export function work(ms: number): void {
  for (const from = performance.now(); performance.now() - from < ms; );
}
