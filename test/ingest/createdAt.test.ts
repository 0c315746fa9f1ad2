import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createdAtJsonSchema, DEFAULT_EARLIEST_MS, isAhead, readCreatedAt } from '../../src/ingest/createdAt.ts';

const NOW = Date.UTC(2026, 10, 24, 9, 30);
const DAY_MS = 86_400_000;
const read = (sent: unknown, earliest = DEFAULT_EARLIEST_MS) => readCreatedAt(sent, NOW, earliest);

describe('the time of a feedback', () => {
  it.each<[unknown, RegExp]>([
    [1_767_623_400, /looks like seconds since 1970; send milliseconds: 1767623400000/],
    [1_767_623_400.25, /looks like seconds since 1970; send milliseconds: 1767623400250/],
    ['1712000000', /looks like seconds since 1970; send milliseconds: 1712000000000/],
    [46_027, /^46027 looks like a day number of a spreadsheet; .*"2026-01-05"/],
    ['45292.75', /^45292.75 looks like a day number of a spreadsheet; .*"2024-01-01"/],
    [2026, /^2026 looks like a year/],
    ['1999', /^1999 looks like a year/],
    [20_260_105, /^20260105 looks like a day; send it as text: "2026-01-05"/],
    [20_260_105_093_000, /^is .*, more than ten years ahead; 20260105093000 looks like .*"2026-01-05T09:30:00Z"/],
    [202_601_050_930, /^is 1976-.* looks like a time in digits; .*"2026-01-05T09:30:00Z"/],
    [1_767_623_400_000_123, /looks like microseconds since 1970; send milliseconds: 1767623400000/],
    ['1767623400000000000', /looks like nanoseconds since 1970; send milliseconds: 1767623400000/],
    [1_767_623_400_000.5, /has a fraction; send whole milliseconds: 1767623400000/],
    [0, /must be epoch milliseconds, or ISO 8601 .*; times are taken from 2000-01-01T00:00:00.000Z on/],
    [-5, /must be epoch milliseconds/],
    [1e300, /must be epoch milliseconds/],
    ['2026-01-05T09:30', /has no offset from UTC; add Z/],
    ['2026-02-30', /does not exist/],
    ['yesterday', /must be epoch milliseconds/],
    [true, /must be epoch milliseconds/],
    [{ $gt: '' }, /must be epoch milliseconds/],
    [['2026-01-05'], /must be epoch milliseconds/],
    ['1999-12-31T23:59:59.999Z', /^is 1999-12-31T23:59:59.999Z, before 2000-01-01T00:00:00.000Z, the earliest/],
    ['0000-01-01', /before 2000-01-01/],
    ['2062-01-05', /more than ten years ahead; correct it, or leave it out/],
    ['9999-12-31T23:59:59Z', /more than ten years ahead/],
  ])('is not taken from %j, and the error says what it looks like', (sent, message) => {
    expect(read(sent)).toMatch(message);
  });

  it('is taken from the earliest time on, which is a setting', () => {
    expect(read('2000-01-01')).toBe(DEFAULT_EARLIEST_MS);
    const earliest = Date.UTC(2025, 0, 1);
    expect(read('2024-12-31', earliest)).toMatch(/before 2025-01-01T00:00:00.000Z/);
    expect(read('1971-05-01', 0)).toBe(Date.UTC(1971, 4, 1));
  });

  it('is never taken from seconds, days or years, even if all times since 1970 are', () => {
    for (const sent of [1_767_623_400, 46_027, 2026, 20_260_105]) expect(read(sent, 0)).toMatch(/looks like/);
  });

  it('is taken if a clock is ahead, and counts as ahead from a day on', () => {
    expect([read(NOW + DAY_MS), isAhead(NOW + DAY_MS, NOW)]).toEqual([NOW + DAY_MS, false]);
    expect([read(NOW + DAY_MS + 1), isAhead(NOW + DAY_MS + 1, NOW)]).toEqual([NOW + DAY_MS + 1, true]);
    expect(read('2029-11-24')).toBe(Date.UTC(2029, 10, 24));
  });

  it('fits the JSON Schema whenever it is taken', () => {
    const [integer, text] = createdAtJsonSchema(DEFAULT_EARLIEST_MS).anyOf as unknown as [
      { minimum: number; maximum: number },
      { pattern: string },
    ];
    const pattern = new RegExp(text.pattern, 'u');
    const piece = (pieces: string[]) => fc.constantFrom(...pieces);
    const sent = fc
      .tuple(
        piece(['2026-01-05', '20260105', '2026-W02-1', '2026W021', '2026-005', '2026005', '2024-02-29', '2000-01-01']),
        piece(['T', 't', ' ', '']),
        piece(['09:30', '0930', '09', '24:00', '23:59:60', '09:30:00.123456', '093000,5', '']),
        piece(['Z', 'z', '+01', ' -0330', '-00:00', '+14:00', '']),
      )
      .map((pieces) => pieces.join(''));
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(sent, fc.integer({ min: 0, max: 2e12 }), fc.stringMatching(/^\d{4,16}$/)), (value) => {
        if (typeof read(value) !== 'number') return;
        taken++;
        if (typeof value === 'number') expect(value >= integer.minimum && value <= integer.maximum).toBe(true);
        else expect([value, pattern.test(value)]).toEqual([value, true]);
      }),
      { numRuns: 3_000 },
    );
    expect(taken).toBeGreaterThan(100);
    for (const refused of ['2026-02-05T08:07', '1767623400', '46027', '2026', '1899-01-01', '2026-2-5', ''])
      expect([refused, pattern.test(refused)]).toEqual([refused, false]);
  });
});
