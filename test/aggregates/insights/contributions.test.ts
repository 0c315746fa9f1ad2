import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Delta } from '../../../src/aggregates/delta.ts';
import { compareSides } from '../../../src/aggregates/insights/comparison.ts';
import { contributionsTo } from '../../../src/aggregates/insights/contributions.ts';
import { driversOf } from '../../../src/aggregates/insights/drivers.ts';
import { createRandom, type Random } from '../../../tools/support/random.ts';
import { simulateDays } from '../../support/simulateDays.ts';

/** Feedback by the stars of those without a theme and of those with each theme; each has one theme at most. */
function deltaOf(without: number[], themes: Record<string, number[]>): Delta {
  const delta: Delta = new Map();
  const add = (path: string, count: number) => count > 0 && delta.set(path, (delta.get(path) ?? 0) + count);
  const addAll = (counts: number[], theme?: string) => {
    counts.forEach((count, index) => {
      add('n', count);
      add(`r.overallRating.${index + 1}`, count);
      if (theme === undefined) return;
      add(`t.${theme}.f`, count);
      add(`t.${theme}.r.${index + 1}`, count);
    });
  };
  addAll(without);
  for (const [theme, counts] of Object.entries(themes)) addAll(counts, theme);
  return delta;
}

const histogram = fc.array(fc.nat(60), { minLength: 5, maxLength: 5 });
const anyDelta = fc
  .tuple(histogram, fc.record({ slow: histogram, calendar: histogram, price: histogram }))
  .map(([without, themes]) => deltaOf(without, themes));
const none = () => false;

describe('the contributions to a difference of means', () => {
  it('add up to it, and change their sign if the sides are swapped', () => {
    fc.assert(
      fc.property(anyDelta, anyDelta, (a, b) => {
        const found = contributionsTo(a, b, none);
        const swapped = contributionsTo(b, a, none);
        if (!found || !swapped) return expect([found, swapped]).toEqual([null, null]);
        const sum = found.themes.reduce((total, { mix, level }) => total + mix + level, found.rest);
        expect(sum).toBeCloseTo(found.difference, 10);
        expect(found.rest).toBeCloseTo(-swapped.rest, 10);
        const [meanA, meanB] = [driversOf(a).mean!, driversOf(b).mean!];
        expect(found.difference).toBeCloseTo(meanB - meanA, 10);
      }),
    );
  });

  it('are the differences of the impacts of drivers', () => {
    const a = deltaOf([5, 5, 20, 60, 90], { slow: [30, 20, 5, 2, 1], calendar: [4, 9, 20, 9, 4] });
    const b = deltaOf([5, 5, 20, 60, 90], { slow: [90, 60, 15, 6, 3], calendar: [4, 9, 20, 9, 9] });
    const impactIn = (delta: Delta, name: string) =>
      driversOf(delta).drivers.find(({ theme }) => theme === name)!.impact;
    for (const { theme, contribution } of contributionsTo(a, b, none)!.themes)
      expect(contribution).toBeCloseTo(impactIn(b, theme) - impactIn(a, theme), 12);
  });

  it('are all mix for a new theme, all level for one that is rated lower, and none for a part of another', () => {
    const base = [5, 5, 20, 60, 90];
    const fresh = contributionsTo(deltaOf(base, {}), deltaOf(base, { slow: [30, 20, 5, 2, 1] }), none)!;
    expect(fresh.themes).toMatchObject([{ theme: 'slow', level: 0 }]);
    expect(fresh.themes[0]!.contribution).toBeCloseTo(fresh.difference, 12);
    expect(fresh.rest).toBeCloseTo(0, 12);
    const worse = contributionsTo(
      deltaOf(base, { slow: [0, 0, 0, 60, 0] }),
      deltaOf(base, { slow: [60, 0, 0, 0, 0] }),
      none,
    )!;
    expect(worse.themes[0]?.mix).toBeCloseTo(0, 12);
    expect(worse.rest).toBeCloseTo(0, 12);
    expect(contributionsTo(deltaOf(base, {}), deltaOf(base, { slow: [40, 0, 0, 0, 0] }), () => true)!.themes).toEqual(
      [],
    );
    expect(contributionsTo(new Map(), deltaOf(base, {}), none)).toBeNull();
  });
});

describe('a comparison', () => {
  const SHARES = [0.25, 0.18, 0.12, 0.1, 0.08, 0.05, 0.03, 0.02, 0.01];
  const sideOf = (random: Random, weekly: number, unrest: number, mean = 3.9, length = 60) => {
    const days = [
      ...simulateDays(random, { days: length, weekly, unrest, mean: () => mean, shares: () => SHARES }).values(),
    ];
    const total: Delta = new Map();
    for (const day of days) for (const [path, count] of day) total.set(path, (total.get(path) ?? 0) + count);
    return { total, days };
  };
  const statementsOf = ({ ratings, sentiment, themes }: ReturnType<typeof compareSides>) =>
    [ratings.overallRating, sentiment, ...themes].filter(({ verdict }) => verdict !== 'unclear');

  it('of two equal sides says nothing in at least 95 of 100 cases, also if days differ', () => {
    const random = createRandom('equal sides');
    let told = 0;
    for (let run = 0; run < 200; run++) {
      const unrest = run % 2 ? 0.4 : 0;
      if (statementsOf(compareSides(sideOf(random, 60, unrest), sideOf(random, 30, unrest))).length > 0) told++;
    }
    expect(told).toBeLessThanOrEqual(10);
  });

  it.each([7, 4, 2])('of two equal sides of %d days that differ says nothing in at least 95 of 100 cases', (length) => {
    const random = createRandom(`equal sides of ${length} days`);
    const sideNow = () => sideOf(random, 210, 0.3, 3.9, length);
    let told = 0;
    for (let run = 0; run < 200; run++) {
      const { ratings, sentiment } = compareSides(sideNow(), sideNow());
      if (ratings.overallRating.verdict !== 'unclear' || sentiment.verdict !== 'unclear') told++;
    }
    expect(told).toBeLessThanOrEqual(10);
  });

  it('of two weeks that differ much says so', () => {
    const random = createRandom('unequal weeks');
    let told = 0;
    for (let run = 0; run < 50; run++) {
      const [before, after] = [sideOf(random, 210, 0.1, 3.9, 7), sideOf(random, 210, 0.1, 3.1, 7)];
      if (compareSides(before, after).ratings.overallRating.verdict === 'lower') told++;
    }
    expect(told).toBeGreaterThanOrEqual(45);
  });

  it('says nothing of a side on one day, but shows its figures', () => {
    const [a, b] = [deltaOf([0, 0, 0, 0, 100], { slow: [0, 0, 0, 0, 50] }), deltaOf([100, 0, 0, 0, 0], {})];
    const found = compareSides({ total: a, days: [a] }, { total: b, days: [b] });
    expect(found.ratings.overallRating).toMatchObject({ difference: -4, interval: null, q: null, verdict: 'unclear' });
    expect(found).toMatchObject({ themes: [], tooFew: ['slow'] });
    expect(compareSides({ total: a }, { total: b }).ratings.overallRating.verdict).toBe('lower');
  });

  it('of two sides that differ says so, with the difference in its interval', () => {
    const random = createRandom('unequal sides');
    let [told, covered] = [0, 0];
    for (let run = 0; run < 60; run++) {
      const { ratings } = compareSides(sideOf(random, 60, 0, 3.9), sideOf(random, 60, 0, 3.4));
      const [low, high] = ratings.overallRating.interval!;
      if (ratings.overallRating.verdict === 'lower') told++;
      if (low <= -0.42 && -0.42 <= high) covered++;
    }
    expect(told).toBeGreaterThanOrEqual(57);
    expect(covered).toBeGreaterThanOrEqual(54);
  });

  it('of few or no feedback is unclear and finite', () => {
    const few = { total: deltaOf([0, 0, 0, 0, 3], { slow: [1, 0, 0, 0, 0] }) };
    const found = compareSides({ total: new Map() }, few);
    expect(found.ratings.overallRating).toMatchObject({
      a: { value: null },
      difference: null,
      q: null,
      verdict: 'unclear',
    });
    expect(found).toMatchObject({ themes: [], tooFew: ['slow'] });
    fc.assert(
      fc.property(anyDelta, anyDelta, (a, b) => {
        const { ratings, themes } = compareSides({ total: a }, { total: b, days: [b, a] });
        for (const { interval, q } of [ratings.overallRating, ...themes])
          if (q !== null) expect([...interval!, q].every(Number.isFinite)).toBe(true);
      }),
    );
  });
});
