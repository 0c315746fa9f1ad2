/**
 * Makes the process's clock jump by `CHAOS_CLOCK_MS` at each SIGUSR2, forth and back. Loaded before the service by
 * `node --import`. Timers run on the monotonic clock and don't jump, as when a machine's time is set.
 */
const jumpMs = Number(process.env.CHAOS_CLOCK_MS);
const RealDate = Date;
let offset = 0;
process.on('SIGUSR2', () => {
  offset = offset === 0 ? jumpMs : 0;
});

// biome-ignore lint/suspicious/noShadowRestrictedNames: libraries know dates by the name of their class
globalThis.Date = class Date extends RealDate {
  constructor(...given: unknown[]) {
    if (given.length > 0) super(...(given as [number]));
    else super(RealDate.now() + offset);
  }

  static override now(): number {
    return RealDate.now() + offset;
  }
} as DateConstructor;
