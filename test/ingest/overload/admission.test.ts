import { describe, expect, it } from '@jest/globals';
import { createAdmission } from '../../../src/ingest/overload/admission.ts';

const LIMIT = 1_000;
/** Seconds to wait within the share, and for overflow. */
const retryAfter = (admission: ReturnType<typeof createAdmission>) => [
  admission.retryAfterSeconds('withinShare', 0),
  admission.retryAfterSeconds('overflow', 0),
];

const withinShare = (bytes: number) => ({ isOverflow: false, bytes, sentBytes: bytes });
const overflow = (bytes: number, sentBytes = 0) => ({ isOverflow: true, bytes, sentBytes });

function sampled(...used: number[]) {
  const admission = createAdmission({ all: LIMIT, overflow: 750 });
  for (const [second, bytes] of used.entries()) admission.sample(bytes, second * 1_000);
  return admission;
}

describe('admission', () => {
  it('accepts everything below the limits, and before the first sample', () => {
    expect(retryAfter(sampled())).toEqual([undefined, undefined]);
    expect(retryAfter(sampled(750))).toEqual([undefined, undefined]);
  });

  it('sheds overflow above its limit, and everything above the limit for all', () => {
    expect(retryAfter(sampled(751))).toEqual([undefined, expect.any(Number)]);
    expect(retryAfter(sampled(1_001))).toEqual([expect.any(Number), expect.any(Number)]);
  });

  it('sheds until memory is at the low watermark', () => {
    expect(retryAfter(sampled(751, 749))).toEqual([undefined, expect.any(Number)]);
    expect(retryAfter(sampled(751, 720))).toEqual([undefined, undefined]);
  });

  it('counts overflow admitted between two samples', () => {
    const admission = sampled(700);
    admission.recordAdmitted(overflow(30));
    expect(retryAfter(admission)).toEqual([undefined, undefined]);
    admission.recordAdmitted(overflow(30));
    expect(retryAfter(admission)).toEqual([undefined, expect.any(Number)]);
    admission.sample(710, 1_000);
    admission.recordAdmitted(overflow(30));
    expect(retryAfter(admission)).toEqual([undefined, undefined]);
  });

  it('counts feedback within the shares towards the limit for all', () => {
    const admission = sampled(700);
    admission.recordAdmitted(withinShare(300));
    expect(retryAfter(admission)).toEqual([undefined, undefined]);
    admission.recordAdmitted(withinShare(1));
    expect(retryAfter(admission)).toEqual([expect.any(Number), expect.any(Number)]);
  });

  it('tells to retry when the backlog has drained to the low watermark', () => {
    // About 50 above the watermark of 727.5, and 20 less each second.
    expect(sampled(800, 780).retryAfterSeconds('overflow', 0)).toBe(3);
    expect(sampled(1_100, 1_060).retryAfterSeconds('withinShare', 0)).toBe(3);
  });

  it('tells to retry after a second at least and a minute at most', () => {
    expect(sampled(900, 728).retryAfterSeconds('overflow', 0)).toBe(1);
    expect(sampled(100_001, 100_000).retryAfterSeconds('withinShare', 0)).toBe(60);
  });

  it('reserves 80 % of the drain rate', () => {
    // 20 bytes drain each second; 16 of them are reserved.
    const admission = sampled(800, 780);
    expect(admission.reserve('a', 32, 1_000)).toBe(2);
    expect(admission.reserve('b', 32, 1_000)).toBe(4);
    expect(admission.claim('b', 2_000)).toBe(false);
    expect(admission.claim('b', 5_000)).toBe(true);
    // Without a key, retries come after all reservations.
    expect(admission.retryAfterSeconds('overflow', 1_000)).toBe(4);
  });

  it('measures the drain rate while new overflow fills the room', () => {
    const admission = sampled(800, 780);
    // Estimated as 60 bytes when admitted; Redis uses 20 for it.
    admission.recordAdmitted(overflow(60, 20));
    admission.recordAdmitted(withinShare(500));
    admission.sample(780, 2_000);
    expect(admission.retryAfterSeconds('overflow', 0)).toBe(3);
  });

  it('smooths the drain rate while used memory varies by more', () => {
    const admission = sampled(800, 780);
    for (const [second, bytes] of [820, 780, 820, 780, 820, 780].entries()) {
      admission.recordAdmitted(overflow(60, 20));
      admission.sample(bytes, (second + 2) * 1_000);
    }
    expect(admission.retryAfterSeconds('overflow', 0)).toBe(3);
  });

  it('measures no drain rate while no overflow waits', () => {
    const admission = sampled(100, 90, 100, 10, 700);
    admission.recordAdmitted(overflow(60, 20));
    expect(admission.reserve('a', 20, 5_000)).toBe(5);
  });

  it('recovers the drain rate soon after a sudden rise of used memory', () => {
    const admission = sampled(800, 780, 9_780, 9_760, 9_740, 9_720);
    expect(admission.reserve('a', 32, 6_000)).toBeLessThan(4);
  });

  it('makes no reservation before the backlog drains', () => {
    expect(sampled(800, 9_800).reserve('a', 32, 2_000)).toBe(5);
    expect(sampled(800, 9_800, 9_780).reserve('a', 32, 2_000)).toBe(2);
  });

  it('reserves nothing, and retries late, if the backlog has not drained for long', () => {
    const admission = sampled(800, 780);
    admission.sample(900, 31_000);
    expect(admission.reserve('a', 20, 31_000)).toBe(120);
    expect(admission.retryAfterSeconds('overflow', 31_000)).toBe(60);
  });

  it('admits reserved overflow up to a quarter above the limit for overflow, and leaves the rest to others', () => {
    // 1.25 times 750.
    expect(sampled(937).retryAfterSeconds('reserved', 0)).toBeUndefined();
    const admission = sampled(938);
    expect(admission.retryAfterSeconds('reserved', 0)).toEqual(expect.any(Number));
    expect(admission.retryAfterSeconds('withinShare', 0)).toBeUndefined();
  });

  it('tells to retry after two minutes if the next minute is fully booked', () => {
    const admission = sampled(800, 780);
    expect(admission.reserve('a', 16 * 59, 1_000)).toBe(59);
    expect(admission.reserve('b', 32, 1_000)).toBe(120);
  });
});
