import { describe, expect, it } from '@jest/globals';
import { type Changes, changesIn } from '../../../src/aggregates/insights/changes.ts';
import { createRandom } from '../../../tools/support/random.ts';
import { type DayScene, nameOfDay, simulateDays } from '../../support/simulateDays.ts';

/** Shares of twenty themes. */
const SHARES = [
  0.25, 0.18, 0.15, 0.12, 0.12, 0.1, 0.1, 0.08, 0.06, 0.06, 0.05, 0.04, 0.04, 0.03, 0.03, 0.02, 0.02, 0.01, 0.01, 0.005,
];
const shares = () => SHARES;

/** The share of simulated responses for which `holds` is true. */
function shareOf(runs: number, seed: string, scene: DayScene, holds: (answer: Changes) => boolean): number {
  const random = createRandom(seed);
  let held = 0;
  for (let run = 0; run < runs; run++) if (holds(changesIn(simulateDays(random, scene)))) held++;
  return held / runs;
}

const isAboutRating = ({ figure }: { figure: string }) => figure === 'overallRating';

describe('without a change, at most 5 % of the responses report one', () => {
  it.each<[string, DayScene]>([
    ['50 a week', { days: 180, weekly: 50 }],
    ['10 a week over a year', { days: 364, weekly: 10 }],
    ['400 a week', { days: 90, weekly: 400 }],
    ['50 a week, weekends worse by half a star', { days: 180, weekly: 50, weekend: -0.5 }],
    ['200 a week, weekends worse, days that differ', { days: 120, weekly: 200, weekend: -0.3, unrest: 0.3 }],
    ['400 a week, days that differ much', { days: 90, weekly: 400, unrest: 0.5 }],
    ['100 a week, a mailing each month', { days: 180, weekly: 100, mailingEvery: 30 }],
  ])('%s', (name, scene) => {
    const flagged = shareOf(100, name, { shares, ...scene }, ({ changes }) => changes.length > 0);
    expect(flagged).toBeLessThanOrEqual(0.05);
  });
});

/** Difference of the means of whole stars from 1 to 5, of which a drop of 0.4 is cut at the ends. */
const TRUE_DIFFERENCE = -0.34;

describe('a drop of 0.4 stars', () => {
  it.each<[string, DayScene, number, number]>([
    ['at 50 a week, two months ago', { days: 180, weekly: 50 }, 120, 0.75],
    ['at 200 a week, three weeks ago', { days: 180, weekly: 200 }, 159, 0.9],
    ['at 400 a week on days that differ, six weeks ago', { days: 180, weekly: 400, unrest: 0.3 }, 138, 0.9],
  ])('%s is found, at about its day', (name, scene, since, minShare) => {
    const mean = (day: number) => (day >= since ? 3.5 : 3.9);
    let [covered, ofDay, found] = [0, 0, 0];
    const share = shareOf(80, name, { ...scene, mean, shares }, ({ changes }) => {
      const hits = changes.filter(isAboutRating);
      if (hits.length !== 1) return false;
      const [{ between, interval, direction }] = hits as [Changes['changes'][number]];
      found++;
      if (between[0] <= nameOfDay(since) && nameOfDay(since) <= between[1]) ofDay++;
      if (interval[0] <= TRUE_DIFFERENCE && TRUE_DIFFERENCE <= interval[1]) covered++;
      return direction === 'lower';
    });
    expect(share).toBeGreaterThanOrEqual(minShare);
    expect(ofDay / found).toBeGreaterThanOrEqual(0.85);
    expect(covered / found).toBeGreaterThanOrEqual(0.85);
  });
});

describe('a series with several changes', () => {
  it('has each of them, also a spell of three weeks that ended', () => {
    const mean = (day: number) => (day >= 100 && day < 121 ? 3.2 : day >= 250 ? 4.3 : 3.8);
    let exact = 0;
    shareOf(50, 'spell', { days: 364, weekly: 150, mean, shares }, ({ changes }) => {
      const days = changes.filter(isAboutRating).map(({ direction }) => direction);
      if (days.join() === 'higher,higher,lower') exact++;
      return days.length >= 3;
    });
    expect(exact).toBeGreaterThanOrEqual(45);
  });

  it('has the day from which a theme comes up twice as often', () => {
    const doubled = (day: number) => SHARES.map((share, theme) => (theme === 5 && day >= 120 ? 2 * share : share));
    const share = shareOf(50, 'theme', { days: 180, weekly: 150, shares: doubled }, ({ changes }) =>
      changes.some(({ theme, direction }) => theme === 'theme-5' && direction === 'higher'),
    );
    expect(share).toBeGreaterThanOrEqual(0.9);
  });
});
