import { createReservations } from './reservations.ts';

/**
 * Whether there is room for more feedback in Redis. What is beyond an org's share is refused first, so that a flood
 * leaves room for everybody else.
 *
 * Once over its limit, a gate stays shut until the backlog is a little below it. How fast what is beyond the shares is worked
 * off meanwhile, which is how fast the backlog falls but for what comes in of that, says when there will be room: refused clients
 * are told. Most of that room is promised to those among them who can be recognised.
 */
export interface Admission {
  /** What Redis holds now, in bytes; asked about once a second. `now` in ms. */
  sample(usedBytes: number, now: number): void;
  /** Counts what has been let in since the last sample. */
  recordAdmitted(what: AdmittedTraffic): void;
  /** Seconds after which to try again, where there is no room; undefined where there is. `now` in ms. */
  retryAfterSeconds(kind: TrafficClass, now: number): number | undefined;
  /** Seconds after which `bytes` beyond a share are let in under a name, or after which to ask again where there is no place. */
  reserve(name: string, bytes: number, now: number): number;
  /** Whether who comes under this name was given a place, which is used up. */
  claim(name: string, now: number): boolean;
}

/** What comes: within an org's share, beyond it at a time that it was told to come at, or beyond it. */
export type TrafficClass = 'withinShare' | 'withPlace' | 'beyondShare';

export interface AdmittedTraffic {
  isOverflow: boolean;
  /** what it may take in Redis; rather too many */
  bytes: number;
  /** what it was sent in, which is what a place is booked by; 0 where that is not known */
  sentBytes: number;
}

/** Bytes of Redis: above `all` everything is refused, and above `beyondShare` what is beyond the orgs' shares. */
export interface BacklogLimits {
  all: number;
  overflow: number;
}

/** Of what may wait beyond the shares: with places this much, since less may come free than was promised. */
const RESERVATION_HEADROOM = 1.25;
/** Of its limit: so much must be free before a gate opens again. */
const FREED = 0.03;
/** How long a sample counts: Redis's memory goes up and down by more than is worked off in a second. */
const SMOOTHING_MS = 8_000;
const RETRY_SECONDS = { least: 1, unknown: 5, most: 60, noPlace: 120 };
/** Of the room that comes free: so much is promised. */
const RESERVABLE_FRACTION = 0.8;

export function createAdmission(limits: BacklogLimits): Admission {
  const gates: Record<TrafficClass, { limit: number; isShut: boolean }> = {
    withinShare: { limit: limits.all, isShut: false },
    withPlace: { limit: Math.min(limits.all, RESERVATION_HEADROOM * limits.overflow), isShut: false },
    beyondShare: { limit: limits.overflow, isShut: false },
  };
  let last: { usedBytes: number; at: number } | undefined;
  /** since the last sample */
  const letIn = { all: 0, beyondShare: 0, sent: 0 };
  /** bytes a second of what is beyond the shares that are worked off; undefined as long as none was */
  let fall: number | undefined;
  const places = createReservations();
  const opensAt = (limit: number) => (1 - FREED) * limit;

  function shut(usedBytes: number): void {
    const isFull = usedBytes + letIn.all > limits.all;
    // What is within the shares is worked off as it comes, or else the next sample shows it.
    for (const gate of Object.values(gates))
      if (isFull || usedBytes + letIn.beyondShare > gate.limit) gate.isShut = true;
  }

  function measure(usedBytes: number, now: number): void {
    if (!last || now <= last.at) return;
    // Where none of it waits, nothing of it can be worked off.
    if (letIn.beyondShare === 0 && !gates.beyondShare.isShut) return;
    const ms = now - last.at;
    const rate = ((last.usedBytes + letIn.sent - usedBytes) / ms) * 1_000;
    if (fall === undefined) {
      if (rate > 0) fall = rate;
      return;
    }
    // A leap of what Redis holds, for whatever reason, is not to be felt for long.
    const bounded = Math.max(rate, -fall);
    fall = bounded + (fall - bounded) * Math.exp(-ms / SMOOTHING_MS);
  }

  return {
    sample(usedBytes, now) {
      measure(usedBytes, now);
      last = { usedBytes, at: now };
      Object.assign(letIn, { all: 0, beyondShare: 0, sent: 0 });
      shut(usedBytes);
      for (const gate of Object.values(gates)) if (usedBytes <= opensAt(gate.limit)) gate.isShut = false;
    },
    recordAdmitted({ isOverflow, bytes, sentBytes }) {
      letIn.all += bytes;
      if (isOverflow) {
        letIn.beyondShare += bytes;
        letIn.sent += sentBytes;
      }
      if (last) shut(last.usedBytes);
    },
    retryAfterSeconds(kind, now) {
      const { limit, isShut } = gates[kind];
      if (!isShut) return undefined;
      if (!last || fall === undefined) return RETRY_SECONDS.unknown;
      const promised = kind === 'withinShare' ? 0 : places.reservedMs(now) / 1000;
      return retryIn(Math.max(promised, secondsFor(last.usedBytes - opensAt(limit), fall)));
    },
    reserve(name, bytes, now) {
      if (fall === undefined) return RETRY_SECONDS.unknown;
      const ms = places.reserve(name, secondsFor(bytes, RESERVABLE_FRACTION * fall) * 1_000, now);
      return ms === undefined ? RETRY_SECONDS.noPlace : retryIn(ms / 1000);
    },
    claim: (name, now) => places.claim(name, now),
  };
}

/** How long it takes until so many bytes are worked off. */
const secondsFor = (bytes: number, perSecond: number) =>
  perSecond > 0 ? bytes / perSecond : Number.POSITIVE_INFINITY;

const retryIn = (seconds: number) =>
  Math.min(RETRY_SECONDS.most, Math.max(RETRY_SECONDS.least, Math.ceil(seconds)));
