import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Countable, sumContributions } from '../../../src/aggregates/contribution.ts';
import { type Driver, driversOf, MIN_RATED } from '../../../src/aggregates/insights/drivers.ts';
import { studentQuantile } from '../../../src/aggregates/statistics/distributions.ts';
import { meanDifference, meanOf } from '../../../src/aggregates/statistics/meanDifference.ts';
import { createRandom } from '../../../tools/support/random.ts';

const neutral = { label: 'neutral', score: 0 } as const;
const feedback = (overallRating: number | undefined, ...themes: string[]): Countable => ({
  createdAt: new Date('2026-01-01'),
  overallRating,
  analysis: { sentiment: neutral, mentions: themes.map((theme) => ({ theme, sentiment: neutral })) },
});
const driversIn = (all: Countable[]) => driversOf(sumContributions(all).get('all')?.delta ?? new Map());
const times = (n: number, ...of: Parameters<typeof feedback>) => Array.from({ length: n }, () => feedback(...of));
const mean = (ratings: number[]) => ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;

describe('the drivers', () => {
  it('rank themes by impact: by frequency and by difference in rating', () => {
    const { drivers, mean: all } = driversIn([
      ...times(30, 1, 'rare-and-bad'),
      ...times(200, 2, 'often-and-bad'),
      ...times(60, 5, 'good'),
      ...times(300, 4),
      ...times(100, 4, 'harmless'),
    ]);
    expect(all).toBeCloseTo(2330 / 690, 10);
    expect(drivers.map(({ theme, effect }) => [theme, effect])).toEqual([
      ['often-and-bad', 'lowers'],
      ['rare-and-bad', 'lowers'],
      ['harmless', 'raises'],
      ['good', 'raises'],
    ]);
  });

  it('list themes with too few ratings separately, without an effect', () => {
    const { drivers, tooFew } = driversIn([
      ...times(MIN_RATED - 1, 1, 'few'),
      ...times(100, 4),
      ...times(50, undefined, 'few'),
    ]);
    expect(drivers).toEqual([]);
    expect(tooFew).toEqual([{ theme: 'few', rated: MIN_RATED - 1 }]);
    expect(driversIn(times(100, 3, 'in-all')).tooFew).toEqual([{ theme: 'in-all', rated: 100 }]);
    expect(driversIn([])).toEqual({ rated: 0, mean: null, drivers: [], tooFew: [] });
  });

  it('equal a computation from raw feedback, and the impact is the change of the mean', () => {
    const ratedFeedback = fc.tuple(
      fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      fc.subarray(['a', 'b', 'c']),
    );
    fc.assert(
      fc.property(fc.array(ratedFeedback, { minLength: 90, maxLength: 200 }), (all) => {
        const { drivers } = driversIn(all.map(([rating, themes]) => feedback(rating, ...themes)));
        const rated = all.filter(([rating]) => rating !== undefined) as [number, string[]][];
        for (const { theme, meanWith, meanWithout, difference, interval, impact, gapShare } of drivers) {
          const ratings = (having: boolean) =>
            rated.filter(([, themes]) => themes.includes(theme) === having).map(([rating]) => rating);
          expect(meanWith).toBeCloseTo(mean(ratings(true)), 10);
          expect(meanWithout).toBeCloseTo(mean(ratings(false)), 10);
          expect(impact).toBeCloseTo(mean(rated.map(([rating]) => rating)) - meanWithout, 10);
          expect(gapShare).toBeCloseTo(-impact / (5 - mean(rated.map(([rating]) => rating))), 8);
          expect(interval[0]).toBeLessThan(difference);
          expect(interval[1]).toBeGreaterThan(difference);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('report an effect of a theme without one in about 5 % of the responses', () => {
    const { next } = createRandom('drivers of nothing');
    const themes = Array.from({ length: 20 }, (_, n) => `theme-${n}`);
    let wrong = 0;
    const answers = 800;
    for (let n = 0; n < answers; n++) {
      const all = Array.from({ length: 400 }, () =>
        feedback([1, 2, 3, 4, 4, 5, 5, 5][Math.floor(next() * 8)], ...themes.filter(() => next() < 0.1)),
      );
      if (driversIn(all).drivers.some(({ effect }: Driver) => effect !== 'unclear')) wrong++;
    }
    // The standard error of the share is 0.008.
    expect(wrong / answers).toBeLessThanOrEqual(0.065);
  });
});

describe('the difference of two means', () => {
  it("agrees with Welch's test computed elsewhere: t = −2.4692 with 5.5491 degrees of freedom", () => {
    const { difference, interval, p } = meanDifference([1, 2, 1, 0, 1], [0, 0, 1, 2, 4]);
    expect(difference).toBeCloseTo(2.6 - 31 / 7, 10);
    expect((interval[0] + interval[1]) / 2).toBeCloseTo(difference, 10);
    const reach = studentQuantile(0.025, 5.549116391848788);
    expect((difference - interval[0]) / reach).toBeCloseTo(difference / -2.469159813794573, 8);
    expect(p).toBeGreaterThan(0.01);
    expect(p).toBeLessThan(0.05);
  });

  it('is uncertain for a few equal ratings', () => {
    const { interval } = meanDifference([0, 0, 0, 0, 20], [0, 0, 0, 20, 0]);
    expect(interval[1] - interval[0]).toBeGreaterThan(0.2);
  });

  it('has the true difference in its interval about 95 times of 100, with few and skewed ratings', () => {
    const { weighted } = createRandom('intervals');
    const draw = (n: number, odds: number[]) => {
      const histogram = [0, 0, 0, 0, 0];
      for (let k = 0; k < n; k++) histogram[weighted([0, 1, 2, 3, 4], (star) => odds[star]!)]!++;
      return histogram;
    };
    const [few, many] = [
      [0.05, 0.05, 0.1, 0.2, 0.6],
      [0.02, 0.05, 0.13, 0.4, 0.4],
    ];
    const truth = meanOf(few!) - meanOf(many!);
    let held = 0;
    const runs = 2_000;
    for (let n = 0; n < runs; n++) {
      const { interval } = meanDifference(draw(MIN_RATED, few!), draw(400, many!));
      if (interval[0] <= truth && truth <= interval[1]) held++;
    }
    expect(held / runs).toBeGreaterThan(0.92);
    expect(held / runs).toBeLessThan(0.98);
  });
});
