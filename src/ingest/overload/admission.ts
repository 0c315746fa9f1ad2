import { createReservations } from './reservations.ts';

/**
 * Admission control: decides by the memory that Redis uses whether more feedback is accepted. Overflow (feedback beyond
 * its org's share) is shed first, so that a flood leaves room for everyone else.
 *
 * Modes, in the order of the memory in use:
 *
 *   accepting           Everything is accepted.
 *   shedding overflow   Above `limits.overflow`. Overflow is refused, unless it comes with a reservation.
 *   shedding reserved   Above 1.25 times `limits.overflow`. Overflow with a reservation is refused too.
 *   shedding all        Above `limits.all`. Everything is refused.
 *
 * A mode ends when used memory is back at its low watermark, 3 % below its limit (hysteresis).
 *
 * Steps:
 *
 * 1. `sample`, once a second: updates the drain rate, then sheds or resumes each traffic class.
 * 2. `recordAdmitted`, once feedback is queued: adds its bytes to the sample, and sheds classes that are over a limit.
 * 3. `retryAfterSeconds`, before each feedback: undefined if its class is accepted. Otherwise the time until used
 *    memory reaches the low watermark at the drain rate; for overflow, at least until the last reservation begins.
 * 4. `reserve`, for a refused client with an Idempotency-Key: promises it some of the memory that comes free.
 *
 * Invariants:
 *
 * - Feedback admitted since the last sample counts as used memory: all of it for `limits.all`, and only overflow for
 *   the overflow limits. So a burst of overflow passes its limit by no more than the requests in progress.
 * - Only a sample resumes a class.
 * - At most 80 % of the drain rate is reserved, so reservations can be kept if the backlog goes on draining as fast.
 */
export interface Admission {
  /** Takes a sample of the memory that Redis uses, in bytes. Called about once a second; `nowMs` is monotonic. */
  sample(usedBytes: number, nowMs: number): void;
  /** Counts a request that was admitted after the last sample. */
  recordAdmitted(traffic: AdmittedTraffic): void;
  /** Seconds after which to try again, 1 to 60; undefined if this class of traffic is accepted now. */
  retryAfterSeconds(trafficClass: TrafficClass, nowMs: number): number | undefined;
  /** Reserves room for `bytes` of overflow. Returns seconds until the reservation, or until the next attempt at one. */
  reserve(key: string, bytes: number, nowMs: number): number;
  /** Uses up the reservation of `key`. Returns false if it has none that is due now. */
  claim(key: string, nowMs: number): boolean;
}

/** Within its org's share, beyond it with a reservation, or beyond it without one. */
export type TrafficClass = 'withinShare' | 'reserved' | 'overflow';

export interface AdmittedTraffic {
  isOverflow: boolean;
  /** estimated memory in Redis; an overestimate rather than an underestimate */
  bytes: number;
  /** size of the request body, by which reservations are made; 0 if unknown */
  sentBytes: number;
}

/** Max bytes of used memory in Redis, for all feedback and for overflow. */
export interface BacklogLimits {
  all: number;
  overflow: number;
}

/**
 * Limit for reserved overflow, as a multiple of that for overflow. Less memory may drain than was promised, and a client
 * may send more than it announced; neither may take the room that is left for everyone else.
 */
const RESERVATION_HEADROOM = 1.25;
/** Fraction of its limit at which a class is accepted again. */
const LOW_WATERMARK = 0.97;
/** Max fraction of the drain rate that is reserved. */
const RESERVABLE_FRACTION = 0.8;
/** Time constant that smooths the drain rate: used memory fluctuates by more than drains in a second. */
const SMOOTHING_MS = 8_000;
const RETRY_SECONDS = { min: 1, max: 60, unknownDrainRate: 5, fullyBooked: 120 };

interface Threshold {
  limit: number;
  isShedding: boolean;
}

export function createAdmission(limits: BacklogLimits): Admission {
  const thresholds: Record<TrafficClass, Threshold> = {
    withinShare: { limit: limits.all, isShedding: false },
    reserved: { limit: Math.min(limits.all, RESERVATION_HEADROOM * limits.overflow), isShedding: false },
    overflow: { limit: limits.overflow, isShedding: false },
  };
  const reservations = createReservations();
  let lastSample: { usedBytes: number; ms: number } | undefined;
  /** bytes since the last sample */
  const admitted = { all: 0, overflow: 0, sentOverflow: 0 };
  /** bytes of overflow that workers take out of Redis each second; undefined until the first is measured */
  let drainRate: number | undefined;

  function shedAboveLimits(usedBytes: number): void {
    const isFull = usedBytes + admitted.all > limits.all;
    // Only overflow counts here: feedback within the shares drains at once, or shows in the next sample.
    for (const threshold of Object.values(thresholds))
      if (isFull || usedBytes + admitted.overflow > threshold.limit) threshold.isShedding = true;
  }

  /**
   * Updates the drain rate, while overflow waits. The bytes drained since the last sample are the fall in used memory,
   * plus the overflow added meanwhile (in body bytes).
   */
  function updateDrainRate(usedBytes: number, nowMs: number): void {
    if (!lastSample || nowMs <= lastSample.ms) return;
    const isOverflowWaiting = admitted.overflow > 0 || thresholds.overflow.isShedding;
    if (!isOverflowWaiting) return;
    const elapsedMs = nowMs - lastSample.ms;
    const measured = ((lastSample.usedBytes + admitted.sentOverflow - usedBytes) / elapsedMs) * 1_000;
    if (drainRate === undefined) {
      if (measured > 0) drainRate = measured;
      return;
    }
    // Bounds the effect of a sudden rise in used memory.
    const bounded = Math.max(measured, -drainRate);
    drainRate = bounded + (drainRate - bounded) * Math.exp(-elapsedMs / SMOOTHING_MS);
  }

  return {
    sample(usedBytes, nowMs) {
      updateDrainRate(usedBytes, nowMs);
      lastSample = { usedBytes, ms: nowMs };
      Object.assign(admitted, { all: 0, overflow: 0, sentOverflow: 0 });
      shedAboveLimits(usedBytes);
      for (const threshold of Object.values(thresholds))
        if (usedBytes <= lowWatermark(threshold)) threshold.isShedding = false;
    },
    recordAdmitted({ isOverflow, bytes, sentBytes }) {
      admitted.all += bytes;
      if (isOverflow) {
        admitted.overflow += bytes;
        admitted.sentOverflow += sentBytes;
      }
      if (lastSample) shedAboveLimits(lastSample.usedBytes);
    },
    retryAfterSeconds(trafficClass, nowMs) {
      const threshold = thresholds[trafficClass];
      if (!threshold.isShedding) return undefined;
      if (!lastSample || drainRate === undefined) return RETRY_SECONDS.unknownDrainRate;
      const reserved = trafficClass === 'withinShare' ? 0 : reservations.reservedMs(nowMs) / 1_000;
      const draining = secondsToDrain(lastSample.usedBytes - lowWatermark(threshold), drainRate);
      return toRetryAfter(Math.max(reserved, draining));
    },
    reserve(key, bytes, nowMs) {
      if (drainRate === undefined) return RETRY_SECONDS.unknownDrainRate;
      const durationMs = secondsToDrain(bytes, RESERVABLE_FRACTION * drainRate) * 1_000;
      const waitMs = reservations.reserve(key, durationMs, nowMs);
      return waitMs === undefined ? RETRY_SECONDS.fullyBooked : toRetryAfter(waitMs / 1_000);
    },
    claim: (key, nowMs) => reservations.claim(key, nowMs),
  };
}

const lowWatermark = ({ limit }: Threshold) => LOW_WATERMARK * limit;

const secondsToDrain = (bytes: number, bytesPerSecond: number) =>
  bytesPerSecond > 0 ? bytes / bytesPerSecond : Number.POSITIVE_INFINITY;

const toRetryAfter = (seconds: number) => Math.min(RETRY_SECONDS.max, Math.max(RETRY_SECONDS.min, Math.ceil(seconds)));
