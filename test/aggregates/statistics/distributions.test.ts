import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  normalQuantile,
  normalTail,
  regularizedBeta,
  studentQuantile,
  studentTail,
} from '../../../src/aggregates/statistics/distributions.ts';

describe('the distributions', () => {
  it('agree with the tables', () => {
    expect(studentQuantile(0.025, 1)).toBeCloseTo(12.706204736, 7);
    expect(studentQuantile(0.025, 10)).toBeCloseTo(2.228138852, 8);
    expect(studentTail(2, 5)).toBeCloseTo(0.05096973941, 10);
    expect(normalQuantile(0.025)).toBeCloseTo(1.95996398454, 10);
    expect(normalQuantile(1e-10)).toBeCloseTo(6.3613409024, 9);
    expect(normalTail(5) / 2.866515718791933e-7).toBeCloseTo(1, 10);
    // P(X ≥ 40) for 120 trials with probability 0.2, summed term by term.
    expect(regularizedBeta(40, 81)(0.2) / 0.0004225452093532219).toBeCloseTo(1, 10);
  });

  it('have quantiles that are inverse to their tails', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 0.5, noNaN: true }), fc.integer({ min: 1, max: 500 }), (p, df) => {
        expect(normalTail(normalQuantile(p)) / p).toBeCloseTo(1, 6);
        expect(studentTail(studentQuantile(p, df), df) / p).toBeCloseTo(1, 6);
      }),
      { numRuns: 60 },
    );
  });

  it('add up to 1 from both sides', () => {
    const shape = fc.double({ min: 0.1, max: 5_000, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 0.999, noNaN: true }), shape, shape, (x, a, b) => {
        expect(regularizedBeta(a, b)(x) + regularizedBeta(b, a)(1 - x)).toBeCloseTo(1, 9);
      }),
    );
  });
});
