import { describe, expect, it } from '@jest/globals';
import { createPlaces, HORIZON_MS } from '../../../src/ingest/overload/reservations.ts';

describe('places', () => {
  it('are one after the other', () => {
    const places = createPlaces();
    expect(['a', 'b', 'c'].map((name) => places.book(name, 500, 0))).toEqual([500, 1_000, 1_500]);
    expect(places.bookedMs(200)).toBe(1_300);
  });

  it('are kept for who asks twice', () => {
    const places = createPlaces();
    places.book('a', 500, 0);
    expect(places.book('a', 500, 300)).toBe(200);
    expect(places.bookedMs(300)).toBe(200);
  });

  it('are used once, not too early, and not much too late', () => {
    const places = createPlaces();
    for (const name of ['a', 'b']) places.book(name, 500, 0);
    expect(places.redeem('a', 499)).toBe(false);
    expect(places.redeem('a', 500)).toBe(true);
    expect(places.redeem('a', 500)).toBe(false);
    expect(places.redeem('b', 60_000)).toBe(false);
    expect(places.redeem('nobody', 500)).toBe(false);
  });

  it('are given for the next minute only, and never more than a process can remember', () => {
    const places = createPlaces();
    expect(places.book('a', HORIZON_MS, 0)).toBe(HORIZON_MS);
    expect(places.book('b', 1, 0)).toBeUndefined();
    expect(places.book('b', 1, 1)).toBe(HORIZON_MS);
    const many = createPlaces();
    const given = Array.from({ length: 50_000 }, (_, n) => many.book(`${n}`, 0.001, 0));
    expect(given.filter((place) => place !== undefined)).toHaveLength(20_000);
    // Places of those who did not come are given to others.
    expect(many.book('later', 0.001, 31_000)).toBeDefined();
  });
});
