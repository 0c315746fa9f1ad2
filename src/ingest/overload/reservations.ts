/**
 * Places for those who are told to come again: of whoever is refused under a name, one is given a time at which there will be
 * room, and is let in under that name when it comes back then, before whoever comes afresh. So it is worth waiting for,
 * however large the flood is.
 */
export interface Reservations {
  /**
   * A place for `name`, that takes up all of the room for `takesMs`. Gives back the milliseconds until then, or undefined
   * where none is free within `HORIZON_MS`. Who asks twice keeps the place. `now` in ms.
   */
  reserve(name: string, takesMs: number, now: number): number | undefined;
  /** Whether `name` has a place now, or a little earlier; it is used up. */
  claim(name: string, now: number): boolean;
  /** Milliseconds for which all room is promised. */
  reservedMs(now: number): number;
}

export const HORIZON_MS = 60_000;
/** Who comes later than this has lost the place. */
const GRACE_MS = 30_000;
const MAX_RESERVATIONS = 20_000;

export function createReservations(): Reservations {
  /** When each comes; the soonest first. */
  const due = new Map<string, number>();
  let bookedUntil = Number.NEGATIVE_INFINITY;

  function forgetLate(now: number): void {
    for (const [name, at] of due) {
      if (at + GRACE_MS > now) return;
      due.delete(name);
    }
  }

  return {
    reserve(name, takesMs, now) {
      forgetLate(now);
      const known = due.get(name);
      if (known !== undefined) return Math.max(0, known - now);
      const at = Math.max(now, bookedUntil) + takesMs;
      if (at - now > HORIZON_MS || due.size >= MAX_RESERVATIONS) return undefined;
      due.set(name, at);
      bookedUntil = at;
      return at - now;
    },
    claim(name, now) {
      const at = due.get(name);
      if (at === undefined || now < at || now > at + GRACE_MS) return false;
      return due.delete(name);
    },
    reservedMs: (now) => Math.max(0, bookedUntil - now),
  };
}
