import { createPlaces } from './places.ts';

/**
 * Whether there is room for more feedback in Redis. What is beyond an org's share is refused first, so that a flood
 * leaves room for everybody else.
 *
 * Once over its limit, a gate stays shut until the backlog is a little below it. How fast the backlog falls meanwhile, but for
 * those who were given a place, says when there will be room: refused clients are told. Most of that room is promised to those
 * among them who can be recognised.
 */
export interface Admission {
  /** What Redis holds now, in bytes; asked about once a second. `now` in ms. */
  sample(usedBytes: number, now: number): void;
  /**
   * Counts what has been let in since the last sample: bytes, rather too many, and those that it had booked, where it had a
   * place.
   */
  letIn(bytes: number, booked?: number): void;
  /** Seconds after which to try again, where there is no room; undefined where there is. `now` in ms. */
  retryAfterSeconds(kind: Kind, now: number): number | undefined;
  /** Seconds after which `bytes` beyond a share are let in under a name, or after which to ask again where there is no place. */
  book(name: string, bytes: number, now: number): number;
  /** Whether who comes under this name was given a place, which is used up. */
  redeem(name: string, now: number): boolean;
}

/** What comes: within an org's share, beyond it at a time that it was told to come at, or beyond it. */
export type Kind = 'withinShare' | 'withPlace' | 'beyondShare';

/** Bytes of Redis: above `all` everything is refused, and above `beyondShare` what is beyond the orgs' shares. */
export interface BacklogLimits {
  all: number;
  beyondShare: number;
}

/** Of what may wait beyond the shares: with places this much, since less may come free than was promised. */
const WITH_PLACES = 1.25;
/** Of its limit: so much must be free before a gate opens again. */
const FREED = 0.03;
const RETRY_SECONDS = { least: 1, unknown: 5, most: 60, noPlace: 120 };
/** Of the room that comes free: so much is promised. */
const PROMISED = 0.8;

export function createAdmission(limits: BacklogLimits): Admission {
  const gates: Record<Kind, { limit: number; isShut: boolean }> = {
    withinShare: { limit: limits.all, isShut: false },
    withPlace: { limit: Math.min(limits.all, WITH_PLACES * limits.beyondShare), isShut: false },
    beyondShare: { limit: limits.beyondShare, isShut: false },
  };
  let last: { usedBytes: number; at: number } | undefined;
  let letIn = 0;
  let letInByPlaces = 0;
  /** bytes a second, but for those who had places */
  let fall: number | undefined;
  const places = createPlaces();
  const opensAt = (limit: number) => (1 - FREED) * limit;

  function shut(usedBytes: number): void {
    for (const gate of Object.values(gates)) if (usedBytes > gate.limit) gate.isShut = true;
  }

  return {
    sample(usedBytes, now) {
      if (last && now > last.at && usedBytes < last.usedBytes + letInByPlaces)
        fall = (last.usedBytes + letInByPlaces - usedBytes) / ((now - last.at) / 1000);
      last = { usedBytes, at: now };
      letIn = 0;
      letInByPlaces = 0;
      shut(usedBytes);
      for (const gate of Object.values(gates)) if (usedBytes <= opensAt(gate.limit)) gate.isShut = false;
    },
    letIn(bytes, booked = 0) {
      letIn += bytes;
      letInByPlaces += booked;
      if (last) shut(last.usedBytes + letIn);
    },
    retryAfterSeconds(kind, now) {
      const { limit, isShut } = gates[kind];
      if (!isShut) return undefined;
      if (!last || fall === undefined) return RETRY_SECONDS.unknown;
      const promised = kind === 'withinShare' ? 0 : places.bookedMs(now) / 1000;
      return retryIn(Math.max(promised, (last.usedBytes - opensAt(limit)) / fall));
    },
    book(name, bytes, now) {
      if (fall === undefined) return RETRY_SECONDS.unknown;
      const ms = places.book(name, (bytes / (PROMISED * fall)) * 1_000, now);
      return ms === undefined ? RETRY_SECONDS.noPlace : retryIn(ms / 1000);
    },
    redeem: (name, now) => places.redeem(name, now),
  };
}

const retryIn = (seconds: number) =>
  Math.min(RETRY_SECONDS.most, Math.max(RETRY_SECONDS.least, Math.ceil(seconds)));
