/**
 * Fair shares: feedback within its org's share is processed before overflow (feedback beyond it), so a flood of one org
 * delays nobody else. The more overflow an org has sent lately, the lower the priority of the next.
 *
 * Each org has a leaky bucket. A feedback raises its fill by one, and it drains at `perSecond`. A fill within the burst
 * has priority 0. Each doubling beyond it is one priority lower, down to `LOWEST_PRIORITY`, where the bucket is full:
 * an org that has sent millions is within its share again after minutes.
 */
export interface FairShare {
  /** Priority of the next feedback of an org (undefined: of no org): 0 within its share, then 1 to `LOWEST_PRIORITY`. */
  priorityOf(orgId: string | undefined, nowMs: number): number;
  /** Counts one feedback of an org. */
  consume(orgId: string | undefined, nowMs: number): void;
}

export const LOWEST_PRIORITY = 6;
/** Seconds of an org's share that may come at once. */
const BURST_SECONDS = 10;
/** Interval at which empty buckets are removed. */
const SWEEP_INTERVAL_MS = 1_000;

export function createFairShare({ perSecond }: { perSecond: number }): FairShare {
  const burst = perSecond * BURST_SECONDS;
  const capacity = burst * 2 ** LOWEST_PRIORITY;
  const buckets = new Map<string, { fill: number; ms: number }>();
  let sweptMs = 0;

  function fillOf(orgId: string, nowMs: number): number {
    const bucket = buckets.get(orgId);
    // A clock that is set back leaves the fill as it is.
    return bucket ? Math.max(0, bucket.fill - (Math.max(0, nowMs - bucket.ms) / 1_000) * perSecond) : 0;
  }

  const nextFill = (orgId: string, nowMs: number) => Math.min(capacity, fillOf(orgId, nowMs) + 1);

  function removeEmptyBuckets(nowMs: number): void {
    if (Math.abs(nowMs - sweptMs) < SWEEP_INTERVAL_MS) return;
    sweptMs = nowMs;
    for (const orgId of buckets.keys()) if (fillOf(orgId, nowMs) === 0) buckets.delete(orgId);
  }

  return {
    priorityOf(orgId = '', nowMs) {
      const fill = nextFill(orgId, nowMs);
      return fill <= burst ? 0 : Math.ceil(Math.log2(fill / burst));
    },
    consume(orgId = '', nowMs) {
      removeEmptyBuckets(nowMs);
      buckets.set(orgId, { fill: nextFill(orgId, nowMs), ms: nowMs });
    },
  };
}
