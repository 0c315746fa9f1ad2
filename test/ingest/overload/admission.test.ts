import { describe, expect, it } from '@jest/globals';
import { createAdmission } from '../../../src/ingest/overload/admission.ts';

const LIMIT = 1_000;
/** Seconds to wait: what is within an org's share, and what is beyond it. */
const waits = (admission: ReturnType<typeof createAdmission>) => [
  admission.retryAfterSeconds('withinShare', 0),
  admission.retryAfterSeconds('beyondShare', 0),
];

const withinShare = (bytes: number) => ({ isOverflow: false, bytes, sentBytes: bytes });
const beyondShare = (bytes: number, sentBytes = 0) => ({ isOverflow: true, bytes, sentBytes });

function sampled(...used: number[]) {
  const admission = createAdmission({ all: LIMIT, overflow: 750 });
  for (const [second, bytes] of used.entries()) admission.sample(bytes, second * 1_000);
  return admission;
}

describe('admission', () => {
  it('lets everything in below the limits, and before anything is known', () => {
    expect(waits(sampled())).toEqual([undefined, undefined]);
    expect(waits(sampled(750))).toEqual([undefined, undefined]);
  });

  it('refuses what is beyond the shares at three quarters of the limit, the rest at all of it', () => {
    expect(waits(sampled(751))).toEqual([undefined, expect.any(Number)]);
    expect(waits(sampled(1_001))).toEqual([expect.any(Number), expect.any(Number)]);
  });

  it('stays shut until a little is free', () => {
    expect(waits(sampled(751, 749))).toEqual([undefined, expect.any(Number)]);
    expect(waits(sampled(751, 720))).toEqual([undefined, undefined]);
  });

  it('counts what is let in between two samples', () => {
    const admission = sampled(700);
    admission.recordAdmitted(beyondShare(30));
    expect(waits(admission)).toEqual([undefined, undefined]);
    admission.recordAdmitted(beyondShare(30));
    expect(waits(admission)).toEqual([undefined, expect.any(Number)]);
    admission.sample(710, 1_000);
    admission.recordAdmitted(beyondShare(30));
    expect(waits(admission)).toEqual([undefined, undefined]);
  });

  it('counts what is within the shares towards the limit of all', () => {
    const admission = sampled(700);
    admission.recordAdmitted(withinShare(300));
    expect(waits(admission)).toEqual([undefined, undefined]);
    admission.recordAdmitted(withinShare(1));
    expect(waits(admission)).toEqual([expect.any(Number), expect.any(Number)]);
  });

  it('says when there will be room at the rate at which the backlog falls', () => {
    // 60 above the mark of 720 where it opens, and 20 less each second.
    expect(sampled(800, 780).retryAfterSeconds('beyondShare', 0)).toBe(3);
    expect(sampled(1_100, 1_060).retryAfterSeconds('withinShare', 0)).toBe(3);
  });

  it('says a second at least and a minute at most', () => {
    expect(sampled(900, 728).retryAfterSeconds('beyondShare', 0)).toBe(1);
    expect(sampled(100_001, 100_000).retryAfterSeconds('withinShare', 0)).toBe(60);
  });

  it('promises most of the room that comes free to those who have a name', () => {
    // 20 a second come free, of which 16 are promised.
    const admission = sampled(800, 780);
    expect(admission.reserve('a', 32, 1_000)).toBe(2);
    expect(admission.reserve('b', 32, 1_000)).toBe(4);
    expect(admission.claim('b', 2_000)).toBe(false);
    expect(admission.claim('b', 5_000)).toBe(true);
    // Who has no name is told to come after all of them.
    expect(admission.retryAfterSeconds('beyondShare', 1_000)).toBe(4);
  });

  it('still knows how much comes free when that is filled', () => {
    const admission = sampled(800, 780);
    // Redis holds 20 more of it, and has counted 60 until then.
    admission.recordAdmitted(beyondShare(60, 20));
    admission.recordAdmitted(withinShare(500));
    admission.sample(780, 2_000);
    expect(admission.retryAfterSeconds('beyondShare', 0)).toBe(3);
  });

  it('knows it, too, where what Redis holds goes up and down by more than that', () => {
    const admission = sampled(800, 780);
    for (const [second, bytes] of [820, 780, 820, 780, 820, 780].entries()) {
      admission.recordAdmitted(beyondShare(60, 20));
      admission.sample(bytes, (second + 2) * 1_000);
    }
    expect(admission.retryAfterSeconds('beyondShare', 0)).toBe(3);
  });

  it('does not take what Redis holds for what is worked off where nothing waits', () => {
    const admission = sampled(100, 90, 100, 10, 700);
    admission.recordAdmitted(beyondShare(60, 20));
    expect(admission.reserve('a', 20, 5_000)).toBe(5);
  });

  it('knows it soon again after a leap of what Redis holds', () => {
    const admission = sampled(800, 780, 9_780, 9_760, 9_740, 9_720);
    expect(admission.reserve('a', 32, 6_000)).toBeLessThan(4);
  });

  it('waits for the backlog to fall before it says how fast it does', () => {
    expect(sampled(800, 9_800).reserve('a', 32, 2_000)).toBe(5);
    expect(sampled(800, 9_800, 9_780).reserve('a', 32, 2_000)).toBe(2);
  });

  it('tells everybody to come late where the backlog has not fallen for long', () => {
    const admission = sampled(800, 780);
    admission.sample(900, 31_000);
    expect(admission.reserve('a', 20, 31_000)).toBe(120);
    expect(admission.retryAfterSeconds('beyondShare', 31_000)).toBe(60);
  });

  it('keeps places as long as there is not much more than was promised', () => {
    // A quarter more than the 750 that may wait beyond the shares.
    expect(sampled(937).retryAfterSeconds('withPlace', 0)).toBeUndefined();
    expect(sampled(938).retryAfterSeconds('withPlace', 0)).toEqual(expect.any(Number));
  });

  it('tells who finds no place for the next minute to come after two', () => {
    const admission = sampled(800, 780);
    expect(admission.reserve('a', 16 * 59, 1_000)).toBe(59);
    expect(admission.reserve('b', 32, 1_000)).toBe(120);
  });
});
