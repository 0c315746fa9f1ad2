/**
 * Reservations for refused clients. A client that is refused with a key gets a time in `Retry-After`. When it repeats the
 * request at that time, it is admitted ahead of new requests. So waiting as told is worth it, however large a flood is.
 */
export interface Reservations {
  /**
   * Appends a reservation for `key` that takes `durationMs` of the room that comes free. Returns milliseconds until it
   * begins, or undefined if nothing is free within `HORIZON_MS`. A key that has a reservation keeps it.
   */
  reserve(key: string, durationMs: number, nowMs: number): number | undefined;
  /** Uses up the reservation of `key`. Returns false if it has none, comes too early, or comes over `GRACE_MS` late. */
  claim(key: string, nowMs: number): boolean;
  /** Milliseconds until the last reservation begins. */
  reservedMs(nowMs: number): number;
}

/** Max milliseconds between a refusal and its reservation. */
export const HORIZON_MS = 60_000;
/** Max milliseconds that a client may come late. */
const GRACE_MS = 30_000;
/** Max reservations held at once, per process. */
const MAX_RESERVATIONS = 20_000;

export function createReservations(): Reservations {
  /** Start of each reservation in ms, by key; the earliest first. */
  const startOf = new Map<string, number>();
  let reservedUntilMs = Number.NEGATIVE_INFINITY;

  function dropExpired(nowMs: number): void {
    for (const [key, startMs] of startOf) {
      if (startMs + GRACE_MS > nowMs) return;
      startOf.delete(key);
    }
  }

  return {
    reserve(key, durationMs, nowMs) {
      dropExpired(nowMs);
      const existing = startOf.get(key);
      if (existing !== undefined) return Math.max(0, existing - nowMs);
      const startMs = Math.max(nowMs, reservedUntilMs) + durationMs;
      if (startMs - nowMs > HORIZON_MS || startOf.size >= MAX_RESERVATIONS) return undefined;
      startOf.set(key, startMs);
      reservedUntilMs = startMs;
      return startMs - nowMs;
    },
    claim(key, nowMs) {
      const startMs = startOf.get(key);
      if (startMs === undefined || nowMs < startMs || nowMs > startMs + GRACE_MS) return false;
      return startOf.delete(key);
    },
    reservedMs: (nowMs) => Math.max(0, reservedUntilMs - nowMs),
  };
}
