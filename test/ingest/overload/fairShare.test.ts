import { describe, expect, it } from '@jest/globals';
import { createFairShare, OVERFLOW_PRIORITY } from '../../../src/ingest/overload/fairShare.ts';

const PER_SECOND = 10;
const BURST = 100;

/** Sends `count` feedback of one org. `priority`: that of the last. */
function send(count: number, { shares = createFairShare({ perSecond: PER_SECOND }), nowMs = 0 } = {}) {
  let priority = 0;
  for (let n = 0; n < count; n++) {
    priority = shares.priorityOf('busy', nowMs);
    shares.consume('busy', nowMs);
  }
  return { shares, priority };
}

describe('fair shares', () => {
  it('last for ten seconds at once; then feedback is overflow', () => {
    expect(send(BURST).priority).toBe(0);
    expect(send(BURST + 1).priority).toBe(OVERFLOW_PRIORITY);
  });

  it('keep orgs apart, and feedback of no org apart from all of them', () => {
    const { shares } = send(BURST * 4);
    expect(shares.priorityOf('busy', 0)).toBe(OVERFLOW_PRIORITY);
    expect(shares.priorityOf('quiet', 0)).toBe(0);
    expect(shares.priorityOf(undefined, 0)).toBe(0);
  });

  it('count nothing before it is consumed', () => {
    const { shares } = send(BURST - 1);
    for (let n = 0; n < 10; n++) expect(shares.priorityOf('busy', 0)).toBe(0);
  });

  it('recover at the rate of the share, and after millions within minutes', () => {
    const { shares } = send(BURST + 2 * PER_SECOND);
    expect(shares.priorityOf('busy', 1_900)).toBe(OVERFLOW_PRIORITY);
    expect(shares.priorityOf('busy', 2_200)).toBe(0);
    const flooded = send(BURST * 64 * 3).shares;
    expect(flooded.priorityOf('busy', (BURST * 62 * 1_000) / PER_SECOND)).toBe(OVERFLOW_PRIORITY);
    expect(flooded.priorityOf('busy', (BURST * 64 * 1_000) / PER_SECOND)).toBe(0);
  });

  it('ignore a clock that is set back', () => {
    const { shares } = send(BURST, { nowMs: 60_000 });
    expect(shares.priorityOf('busy', 0)).toBe(OVERFLOW_PRIORITY);
  });
});
