/** Keeps the event loop busy for so long. */
export function work(ms: number): void {
  for (const from = performance.now(); performance.now() - from < ms; );
}
