/**
 * Fair shares: feedback within its org's share is processed before overflow (feedback beyond it), so a flood of one org
 * delays nobody else.
 *
 * Each org has a leaky bucket. A feedback raises its fill by one, and it drains at `perSecond`. A feedback that finds more
 * than the burst in it is overflow. The bucket is full at 64 bursts: an org that has sent millions is within its share
 * again after minutes.
 */
export interface FairShare {
  /** Priority of the next feedback of an org (undefined: of no org): 0 within its share, else `OVERFLOW_PRIORITY`. */
  priorityOf(orgId: string | undefined, nowMs: number): number;
  /** Counts one feedback of an org. */
  consume(orgId: string | undefined, nowMs: number): void;
}

export const OVERFLOW_PRIORITY = 1;
/** Seconds of an org's share that may come at once. */
const BURST_SECONDS = 10;
/** Max fill of a bucket, in bursts. */
const MAX_BURSTS = 64;
/** Interval at which empty buckets are removed. */
const SWEEP_INTERVAL_MS = 1_000;

export function createFairShare({ perSecond }: { perSecond: number }): FairShare {
  const burst = perSecond * BURST_SECONDS;
  const buckets = new Map<string, { fill: number; ms: number }>();
  let sweptMs = 0;

  function fillOf(orgId: string, nowMs: number): number {
    const bucket = buckets.get(orgId);
    // A clock that is set back leaves the fill as it is.
    return bucket ? Math.max(0, bucket.fill - (Math.max(0, nowMs - bucket.ms) / 1_000) * perSecond) : 0;
  }

  function removeEmptyBuckets(nowMs: number): void {
    if (Math.abs(nowMs - sweptMs) < SWEEP_INTERVAL_MS) return;
    sweptMs = nowMs;
    for (const orgId of buckets.keys()) if (fillOf(orgId, nowMs) === 0) buckets.delete(orgId);
  }

  return {
    priorityOf: (orgId = '', nowMs) => (fillOf(orgId, nowMs) + 1 <= burst ? 0 : OVERFLOW_PRIORITY),
    consume(orgId = '', nowMs) {
      removeEmptyBuckets(nowMs);
      const fill = Math.min(MAX_BURSTS * burst, fillOf(orgId, nowMs) + 1);
      buckets.set(orgId, { fill, ms: nowMs });
    },
  };
}
