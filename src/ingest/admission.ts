/**
 * Whether there is room for more feedback in Redis. What is beyond an org's share is refused first, so that a flood
 * leaves room for everybody else.
 *
 * Once over its limit, a gate stays shut until the backlog is a little below it. Nothing comes in meanwhile, so how fast
 * the backlog falls is how fast workers take it, and that says when there will be room: refused clients are told.
 */
export interface Admission {
  /** What Redis holds now, in bytes; asked about once a second. `now` in ms. */
  sample(usedBytes: number, now: number): void;
  /** Counts what has been let in since the last sample; an estimate. */
  letIn(bytes: number): void;
  /** Seconds after which to try again, where there is no room; undefined where there is. */
  retryAfterSeconds(isWithinShare: boolean): number | undefined;
}

/** Of the limit: what is beyond the orgs' shares may fill this much of it. */
export const BEYOND_SHARE = 0.75;
/** Of the limit: so much must be free before a gate opens again. */
const FREED = 0.03;
const RETRY_SECONDS = { least: 1, unknown: 5, most: 60 };

export function createAdmission({ limitBytes }: { limitBytes: number }): Admission {
  const gates = {
    withinShare: { limit: limitBytes, isShut: false },
    beyondShare: { limit: limitBytes * BEYOND_SHARE, isShut: false },
  };
  let last: { usedBytes: number; at: number } | undefined;
  let letIn = 0;
  /** bytes a second */
  let fall: number | undefined;
  const opensAt = (limit: number) => limit - FREED * limitBytes;

  function shut(usedBytes: number): void {
    for (const gate of Object.values(gates)) if (usedBytes > gate.limit) gate.isShut = true;
  }

  return {
    sample(usedBytes, now) {
      if (last && now > last.at && usedBytes < last.usedBytes)
        fall = (last.usedBytes - usedBytes) / ((now - last.at) / 1000);
      last = { usedBytes, at: now };
      letIn = 0;
      shut(usedBytes);
      for (const gate of Object.values(gates)) if (usedBytes <= opensAt(gate.limit)) gate.isShut = false;
    },
    letIn(bytes) {
      letIn += bytes;
      if (last) shut(last.usedBytes + letIn);
    },
    retryAfterSeconds(isWithinShare) {
      const { limit, isShut } = isWithinShare ? gates.withinShare : gates.beyondShare;
      if (!isShut) return undefined;
      if (!last || fall === undefined) return RETRY_SECONDS.unknown;
      const seconds = Math.ceil((last.usedBytes - opensAt(limit)) / fall);
      return Math.min(RETRY_SECONDS.most, Math.max(RETRY_SECONDS.least, seconds));
    },
  };
}
