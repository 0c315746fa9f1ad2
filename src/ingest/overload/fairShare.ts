/**
 * Fair shares: what an org sends within its share is taken up first, and what it sends beyond that waits behind
 * everybody's share, the further behind the more of it there has lately been. So a flood of one org is stored as fast as
 * the rest leaves room for, and delays nobody but itself.
 *
 * Each org has a leaky bucket: a feedback raises its level by one, and it runs dry at `perSecond`. A level within the
 * burst has rank 0; each doubling beyond it is one rank more, up to `HIGHEST_RANK`, where it stays: an org that has sent
 * millions is forgiven within minutes.
 */
export interface FairShare {
  /** The rank of one more feedback of an org (or of nobody's), which counts from now on. `now` in ms. */
  consume(orgId: string | undefined, now: number): number;
  /** Whether one more would be within the share. */
  isWithinShare(orgId: string | undefined, now: number): boolean;
}

export const LOWEST_PRIORITY = 6;
const BURST_SECONDS = 10;
/** Between two looks for buckets that have run dry. */
const SWEEP_MS = 1_000;

export function createFairShare({ perSecond }: { perSecond: number }): FairShare {
  const burst = perSecond * BURST_SECONDS;
  const highest = burst * 2 ** LOWEST_PRIORITY;
  const buckets = new Map<string, { level: number; at: number }>();
  let sweptAt = 0;

  function levelOf(orgId: string, now: number): number {
    const bucket = buckets.get(orgId);
    // A clock that was set back leaves the level as it is.
    return bucket ? Math.max(0, bucket.level - (Math.max(0, now - bucket.at) / 1000) * perSecond) : 0;
  }

  function sweep(now: number): void {
    if (Math.abs(now - sweptAt) < SWEEP_MS) return;
    sweptAt = now;
    for (const orgId of buckets.keys()) if (levelOf(orgId, now) === 0) buckets.delete(orgId);
  }

  return {
    consume(orgId = '', now) {
      sweep(now);
      const level = Math.min(highest, levelOf(orgId, now) + 1);
      buckets.set(orgId, { level, at: now });
      return level <= burst ? 0 : Math.ceil(Math.log2(level / burst));
    },
    isWithinShare: (orgId = '', now) => levelOf(orgId, now) + 1 <= burst,
  };
}
