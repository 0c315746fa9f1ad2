import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY_MS, dayOf } from '../../src/aggregates/days.ts';
import { INTERVALS, periodStart, periodsBetween, startOfLatest } from '../../src/aggregates/periods.ts';

const [FIRST, LAST] = [Date.parse('0000-01-01') / DAY_MS, Date.parse('9999-12-31') / DAY_MS];

describe('the periods of a range', () => {
  it.each(INTERVALS)('by %s are adjacent and cover each day of it, in any year', (interval) => {
    const days = fc.tuple(fc.integer({ min: FIRST, max: LAST }), fc.nat(100));
    fc.assert(
      fc.property(days, ([first, more]) => {
        const day = (n: number) => dayOf(new Date(Math.min(n, LAST) * DAY_MS));
        const periods = [...periodsBetween(day(first), day(first + more), interval)];
        expect(periods[0]!.from <= day(first) && periods.at(-1)!.to >= day(first + more)).toBe(true);
        periods.slice(1).forEach(({ from }, index) => {
          expect(from).toBe(day(Date.parse(periods[index]!.to) / DAY_MS + 1));
        });
        const starts = periods.map(({ from }) => from);
        expect(starts).toContain(periodStart(day(first), interval));
        expect(starts).toContain(periodStart(day(first + more), interval));
      }),
      { examples: [[[FIRST, 20]], [[LAST - 20, 40]]] },
    );
  });
});

describe('the start of the latest periods', () => {
  it.each(INTERVALS)('by %s is the first day of as many periods', (interval) => {
    const last = fc.integer({ min: Date.parse('0100-01-01') / DAY_MS, max: LAST });
    fc.assert(
      fc.property(last, fc.integer({ min: 1, max: 400 }), (day, count) => {
        const end = dayOf(new Date(day * DAY_MS));
        const periods = [...periodsBetween(startOfLatest(count, end, interval), end, interval)];
        expect(periods).toHaveLength(count);
        expect(periods[0]!.from).toBe(startOfLatest(count, end, interval));
      }),
    );
  });
});
