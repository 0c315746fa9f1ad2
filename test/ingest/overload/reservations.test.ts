import { describe, expect, it } from '@jest/globals';
import { createReservations, HORIZON_MS } from '../../../src/ingest/overload/reservations.ts';

describe('reservations', () => {
  it('follow one another', () => {
    const reservations = createReservations();
    expect(['a', 'b', 'c'].map((key) => reservations.reserve(key, 500, 0))).toEqual([500, 1_000, 1_500]);
    expect(reservations.reservedMs(200)).toBe(1_300);
  });

  it('stay as they are for a key that asks again', () => {
    const reservations = createReservations();
    reservations.reserve('a', 500, 0);
    expect(reservations.reserve('a', 500, 300)).toBe(200);
    expect(reservations.reservedMs(300)).toBe(200);
  });

  it('are claimed once, not early, and at most half a minute late', () => {
    const reservations = createReservations();
    for (const key of ['a', 'b']) reservations.reserve(key, 500, 0);
    expect(reservations.claim('a', 499)).toBe(false);
    expect(reservations.claim('a', 500)).toBe(true);
    expect(reservations.claim('a', 500)).toBe(false);
    expect(reservations.claim('b', 60_000)).toBe(false);
    expect(reservations.claim('nobody', 500)).toBe(false);
  });

  it('are made for the next minute only, and 20,000 at most', () => {
    const reservations = createReservations();
    expect(reservations.reserve('a', HORIZON_MS, 0)).toBe(HORIZON_MS);
    expect(reservations.reserve('b', 1, 0)).toBeUndefined();
    expect(reservations.reserve('b', 1, 1)).toBe(HORIZON_MS);
    const many = createReservations();
    const starts = Array.from({ length: 50_000 }, (_, n) => many.reserve(`${n}`, 0.001, 0));
    expect(starts.filter((start) => start !== undefined)).toHaveLength(20_000);
    // Expired reservations make room for others.
    expect(many.reserve('later', 0.001, 31_000)).toBeDefined();
  });
});
