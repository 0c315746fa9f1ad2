import { describe, expect, it } from '@jest/globals';
import { createReservations, HORIZON_MS } from '../../../src/ingest/overload/reservations.ts';

describe('places', () => {
  it('are one after the other', () => {
    const places = createReservations();
    expect(['a', 'b', 'c'].map((name) => places.reserve(name, 500, 0))).toEqual([500, 1_000, 1_500]);
    expect(places.reservedMs(200)).toBe(1_300);
  });

  it('are kept for who asks twice', () => {
    const places = createReservations();
    places.reserve('a', 500, 0);
    expect(places.reserve('a', 500, 300)).toBe(200);
    expect(places.reservedMs(300)).toBe(200);
  });

  it('are used once, not too early, and not much too late', () => {
    const places = createReservations();
    for (const name of ['a', 'b']) places.reserve(name, 500, 0);
    expect(places.claim('a', 499)).toBe(false);
    expect(places.claim('a', 500)).toBe(true);
    expect(places.claim('a', 500)).toBe(false);
    expect(places.claim('b', 60_000)).toBe(false);
    expect(places.claim('nobody', 500)).toBe(false);
  });

  it('are given for the next minute only, and never more than a process can remember', () => {
    const places = createReservations();
    expect(places.reserve('a', HORIZON_MS, 0)).toBe(HORIZON_MS);
    expect(places.reserve('b', 1, 0)).toBeUndefined();
    expect(places.reserve('b', 1, 1)).toBe(HORIZON_MS);
    const many = createReservations();
    const given = Array.from({ length: 50_000 }, (_, n) => many.reserve(`${n}`, 0.001, 0));
    expect(given.filter((place) => place !== undefined)).toHaveLength(20_000);
    // Places of those who did not come are given to others.
    expect(many.reserve('later', 0.001, 31_000)).toBeDefined();
  });
});
