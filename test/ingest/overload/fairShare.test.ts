import { describe, expect, it } from '@jest/globals';
import { createFairShare, LOWEST_PRIORITY } from '../../../src/ingest/overload/fairShare.ts';

const PER_SECOND = 10;
const BURST = 100;

function take(count: number, { shares = createFairShare({ perSecond: PER_SECOND }), now = 0 } = {}) {
  let rank = 0;
  for (let n = 0; n < count; n++) rank = shares.consume('busy', now);
  return { shares, rank };
}

describe('fair shares', () => {
  it('rank what is within ten seconds of the share first', () => {
    expect(take(BURST).rank).toBe(0);
    expect(take(BURST + 1).rank).toBe(1);
  });

  it('rank each doubling one further behind, up to the highest', () => {
    expect([2, 4, 8].map((times) => take(BURST * times).rank)).toEqual([1, 2, 3]);
    expect(take(BURST * 2 ** (LOWEST_PRIORITY + 2)).rank).toBe(LOWEST_PRIORITY);
  });

  it('keep orgs apart, and what has no org from all of them', () => {
    const { shares } = take(BURST * 4);
    expect(shares.isWithinShare('busy', 0)).toBe(false);
    expect(shares.isWithinShare('quiet', 0)).toBe(true);
    expect(shares.consume('quiet', 0)).toBe(0);
    expect(shares.consume(undefined, 0)).toBe(0);
  });

  it('forgive as fast as the share comes in, and even millions within minutes', () => {
    const { shares } = take(BURST + 2 * PER_SECOND);
    expect(shares.isWithinShare('busy', 1_900)).toBe(false);
    expect(shares.isWithinShare('busy', 2_200)).toBe(true);
    const flooded = take(BURST * 2 ** LOWEST_PRIORITY * 3).shares;
    expect(flooded.isWithinShare('busy', (BURST * 2 ** LOWEST_PRIORITY * 1_000) / PER_SECOND)).toBe(true);
  });

  it('give nothing away when the clock goes back', () => {
    const { shares } = take(BURST, { now: 60_000 });
    expect(shares.isWithinShare('busy', 0)).toBe(false);
  });
});
