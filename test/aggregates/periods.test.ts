import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayOf } from '../../src/aggregates/aggregateKey.ts';
import { INTERVALS, periodStart, periodsBetween } from '../../src/aggregates/periods.ts';

const DAY_MS = 86_400_000;
const [FIRST, LAST] = [Date.parse('0000-01-01') / DAY_MS, Date.parse('9999-12-31') / DAY_MS];

describe('the periods of a range', () => {
  it.each(INTERVALS)('by %s follow each other, and hold each day of it, in whatever year', (interval) => {
    const days = fc.tuple(fc.integer({ min: FIRST, max: LAST }), fc.nat(100));
    fc.assert(
      fc.property(days, ([first, more]) => {
        const day = (n: number) => dayOf(new Date(Math.min(n, LAST) * DAY_MS));
        const periods = [...periodsBetween(day(first), day(first + more), interval)];
        expect(periods[0]!.from <= day(first) && periods.at(-1)!.to >= day(first + more)).toBe(true);
        periods.slice(1).forEach(({ from }, at) => {
          expect(from).toBe(day(Date.parse(periods[at]!.to) / DAY_MS + 1));
        });
        const starts = periods.map(({ from }) => from);
        expect(starts).toContain(periodStart(day(first), interval));
        expect(starts).toContain(periodStart(day(first + more), interval));
      }),
      { examples: [[[FIRST, 20]], [[LAST - 20, 40]]] },
    );
  });
});
