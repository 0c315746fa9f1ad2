import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Delta } from '../../../src/aggregates/delta.ts';
import { type ThemeChanges, themeChanges } from '../../../src/aggregates/insights/themeChanges.ts';
import { dispersionOf } from '../../../src/aggregates/statistics/dispersion.ts';
import { qValues } from '../../../src/aggregates/statistics/falseDiscoveryRate.ts';
import { rateRatio } from '../../../src/aggregates/statistics/rateRatio.ts';
import { createRandom, type Random } from '../../../tools/support/random.ts';

/** Rates of 26 themes, as found by a taxonomy of software themes. */
const SHARES = [
  0.25, 0.18, 0.15, 0.12, 0.12, 0.1, 0.1, 0.08, 0.08, 0.06, 0.06, 0.05, 0.05, 0.04, 0.04, 0.03, 0.03, 0.02, 0.02, 0.015,
  0.015, 0.01, 0.01, 0.008, 0.005, 0.003,
];
const WEEK = [1, 1, 1, 1, 0.85, 0.35, 0.35];
const CURRENT = 7;
const BASELINE = 56;

interface Scene {
  /** feedback per week */
  weekly: number;
  /** factor on the rate of a theme in the current days */
  times?: Partial<Record<number, number>>;
  /** standard deviation of a day's rate of a theme, as a share of the rate */
  unrest?: number;
}

function simulate(random: Random, { weekly, times = {}, unrest = 0 }: Scene): ThemeChanges {
  const day = (n: number, factors: Scene['times'] = {}): Delta => {
    const expected = (weekly * WEEK[n % 7]!) / WEEK.reduce((sum, weight) => sum + weight, 0);
    const feedback = Math.max(0, Math.round(random.normal(expected, Math.sqrt(expected))));
    const delta: Delta = new Map([['n', feedback]]);
    SHARES.forEach((share, theme) => {
      const rate = share * (factors[theme] ?? 1) * (unrest > 0 ? Math.max(0, random.normal(1, unrest)) : 1);
      delta.set(`t.theme-${theme}.f`, binomial(random, feedback, rate));
    });
    return delta;
  };
  return themeChanges(
    Array.from({ length: CURRENT }, (_, n) => day(n, times)),
    Array.from({ length: BASELINE }, (_, n) => day(n)),
  );
}

/** A random binomial count of `n` trials with probability `rate`. */
function binomial({ next }: Random, n: number, rate: number): number {
  const probability = Math.min(0.99, rate);
  let [count, term, rest] = [0, (1 - probability) ** n, next()];
  while (count < n && rest >= term) {
    rest -= term;
    term *= ((n - count) / (count + 1)) * (probability / (1 - probability));
    count++;
  }
  return count;
}

const changedIn = ({ themes }: ThemeChanges) => themes.filter(({ direction }) => direction !== 'steady');

/** The share of simulated responses for which `holds` is true. */
function shareOf(runs: number, seed: string, scene: Scene, holds: (answer: ThemeChanges) => boolean): number {
  const random = createRandom(seed);
  let held = 0;
  for (let n = 0; n < runs; n++) if (holds(simulate(random, scene))) held++;
  return held / runs;
}

describe('without a change, at most 5 % of the responses report one', () => {
  it.each<[string, Scene]>([
    ['an org with 20 feedback a week', { weekly: 20 }],
    ['an org with 200 feedback a week', { weekly: 200 }],
    ['an org with 1,000 feedback a week', { weekly: 1_000 }],
    ['200 a week on days that differ by half', { weekly: 200, unrest: 0.5 }],
    ['1,000 a week on days that differ by half', { weekly: 1_000, unrest: 0.5 }],
  ])('%s', (name, scene) => {
    const flagged = shareOf(scene.weekly > 500 ? 200 : 500, name, scene, (answer) => changedIn(answer).length > 0);
    expect(flagged).toBeLessThanOrEqual(0.05);
  });
});

describe('a doubling in an org with 200 feedback a week is found within the week', () => {
  const isFound = (theme: number) => (answer: ThemeChanges) =>
    answer.themes.some((change) => change.theme === `theme-${theme}` && change.direction === 'emerging');

  it.each([
    [0, 0.97],
    [2, 0.85],
    [5, 0.5],
  ])('of theme %d in at least %d of the cases', (theme, minShare) => {
    const scene: Scene = { weekly: 200, times: { [theme]: 2 } };
    expect(shareOf(200, `doubling ${theme}`, scene, isFound(theme))).toBeGreaterThanOrEqual(minShare);
  });

  it('and a new theme is found as well', () => {
    const day = (n: number, theme: number): Delta =>
      new Map([
        ['n', n],
        ['t.news.f', theme],
      ]);
    const before = Array.from({ length: BASELINE }, () => day(30, 0));
    const { themes } = themeChanges(
      [day(30, 3), day(30, 1), day(30, 2), day(30, 2), day(30, 3), day(20, 1), day(20, 1)],
      before,
    );
    expect(themes).toMatchObject([{ theme: 'news', direction: 'emerging', now: 13, before: 0, ratio: null }]);
    expect(themes[0]?.interval[0]).toBeGreaterThan(5);
    expect(themes[0]?.interval[1]).toBeNull();
  });
});

describe('the changes of themes', () => {
  const days = (length: number, counts: (n: number) => [feedback: number, having: number]): Delta[] =>
    Array.from({ length }, (_, n) => {
      const [feedback, having] = counts(n);
      return new Map([
        ['n', feedback],
        ['t.speed.f', having],
      ]);
    });

  it('distinguish an incident of one day from a lasting change', () => {
    const before = days(BASELINE, (n) => [30, n % 3]);
    const incident = themeChanges(
      days(7, (n) => (n === 3 ? [70, 45] : [30, 1])),
      before,
    );
    expect(changedIn(incident)).toEqual([]);
    const lasting = themeChanges(
      days(7, () => [35, 7]),
      before,
    );
    expect(changedIn(lasting)).toMatchObject([{ theme: 'speed', direction: 'emerging' }]);
  });

  it('are reversed if the days are swapped', () => {
    const [less, more] = [days(14, (n) => [30, n % 3]), days(14, (n) => [30, 6 + (n % 3)])];
    const [up] = themeChanges(more, less).themes;
    const [down] = themeChanges(less, more).themes;
    expect([up?.direction, down?.direction]).toEqual(['emerging', 'declining']);
    expect(up!.ratio! * down!.ratio!).toBeCloseTo(1, 10);
    expect(up!.interval[0] * down!.interval[1]!).toBeCloseTo(1, 6);
  });

  it('report nothing for too little feedback', () => {
    const answer = themeChanges(
      days(7, () => [5, 1]),
      days(BASELINE, (n) => [1, n === 0 ? 1 : 0]),
    );
    expect(answer).toMatchObject({ themes: [], tooFew: [{ theme: 'speed', now: 7, before: 1 }] });
    expect(
      themeChanges(
        [],
        days(28, () => [9, 4]),
      ).tooFew,
    ).toHaveLength(1);
    expect(themeChanges([], [])).toEqual({ feedbackNow: 0, feedbackBefore: 0, themes: [], tooFew: [] });
  });

  it('have the true ratio in the interval about 95 times of 100, even with few cases', () => {
    const random = createRandom('intervals of ratios');
    const count = (of: number, rate: number) => ({ count: binomial(random, of, rate), of });
    let held = 0;
    const runs = 2_000;
    for (let n = 0; n < runs; n++) {
      const { interval } = rateRatio(count(200, 0.06), count(800, 0.03), { factors: [1, 1], df: 60 });
      if (interval[0] <= 2 && 2 <= (interval[1] ?? Infinity)) held++;
    }
    expect(held / runs).toBeGreaterThan(0.93);
    expect(held / runs).toBeLessThan(0.99);
  });

  it('are steady if all feedback has the theme, now and before', () => {
    const [always] = themeChanges(
      days(7, () => [30, 30]),
      days(28, () => [30, 30]),
    ).themes;
    expect(always).toMatchObject({ ratio: 1, direction: 'steady' });
    expect(always?.q).toBeGreaterThan(0.9);
  });

  it('are finite for any counts', () => {
    const count = fc
      .integer({ min: 0, max: 2_000 })
      .chain((feedback) => fc.tuple(fc.constant(feedback), fc.nat(feedback)));
    const some = fc.array(count, { maxLength: 20 }).map((all) => days(all.length, (n) => all[n]!));
    fc.assert(
      fc.property(some, some, (now, before) => {
        for (const { q, rateNow, rateBefore, ratio, interval, dispersion } of themeChanges(now, before).themes) {
          expect([rateNow, rateBefore, q, interval[0], dispersion].every(Number.isFinite)).toBe(true);
          expect(q >= 0 && q <= 1).toBe(true);
          if (ratio !== null) expect(interval[0] <= ratio && ratio <= (interval[1] ?? Infinity)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the dispersion', () => {
  it('is that of a binomial count for independent feedback, and grows with bursts', () => {
    const random = createRandom('dispersion');
    const quiet = Array.from({ length: 400 }, () => ({ count: binomial(random, 50, 0.2), feedback: 50 }));
    expect(dispersionOf([quiet]).factors[0]).toBeCloseTo(0.8, 0.5);
    const bursts = quiet.map((day, n) => (n % 20 === 0 ? { count: 45, feedback: 50 } : day));
    expect(dispersionOf([bursts]).factors[0]).toBeGreaterThan(4);
  });
});

describe('the q values', () => {
  it('match the example of Benjamini and Hochberg (1995), with four discoveries', () => {
    const ps = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ];
    expect(qValues(ps).filter((q) => q <= 0.05)).toHaveLength(4);
    expect(qValues(ps)[0]).toBeCloseTo(0.0015, 10);
  });

  it('are at least p, in the order of p, at the position of their p', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (ps) => {
        const qs = qValues(ps);
        ps.forEach((p, i) => {
          expect(qs[i]).toBeGreaterThanOrEqual(p * (1 - 1e-12));
          ps.forEach((other, j) => {
            if (p < other) expect(qs[i]).toBeLessThanOrEqual(qs[j]!);
          });
        });
      }),
    );
  });
});
