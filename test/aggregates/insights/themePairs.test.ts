import { describe, expect, it } from '@jest/globals';
import { themePairs } from '../../../src/aggregates/insights/themePairs.ts';
import { createRandom } from '../../../tools/support/random.ts';

const none = () => false;

/** Texts with five themes; the second comes up with the first more often than by chance, by a factor. */
function textsOf(seed: string, count: number, factor: number): string[][] {
  const { chance } = createRandom(seed);
  return Array.from({ length: count }, () => {
    const first = chance(0.2);
    const second = chance(first ? 0.1 * factor : (0.1 * (1 - 0.2 * factor)) / 0.8);
    return [
      first && 'login',
      second && 'error',
      chance(0.3) && 'coach',
      chance(0.05) && 'price',
      chance(0.1) && 'search',
    ].filter((theme) => theme !== false);
  });
}

describe('pairs of themes', () => {
  it('that are independent are unclear in at least 95 of 100 cases', () => {
    let told = 0;
    for (let run = 0; run < 200; run++) {
      const pairs = themePairs(textsOf(`independent ${run}`, 1_000, 1), none);
      expect(pairs.length).toBeGreaterThan(5);
      if (pairs.some(({ verdict }) => verdict !== 'unclear')) told++;
    }
    expect(told).toBeLessThanOrEqual(14);
  });

  it('that are rare and independent are unclear in at least 95 of 100 cases, among many of them', () => {
    let told = 0;
    for (let run = 0; run < 100; run++) {
      const { chance } = createRandom(`rare ${run}`);
      const themes = Array.from({ length: 40 }, (_, n) => `theme-${n}`);
      const pairs = themePairs(
        Array.from({ length: 1_000 }, () => themes.filter(() => chance(0.035))),
        none,
      );
      expect(pairs.length).toBeGreaterThan(0);
      if (pairs.some(({ verdict }) => verdict !== 'unclear')) told++;
    }
    expect(told).toBeLessThanOrEqual(8);
  });

  it('that come up together are found, with counts that are exact and the lift in its interval', () => {
    let [found, covered] = [0, 0];
    for (let run = 0; run < 50; run++) {
      const texts = textsOf(`together ${run}`, 2_000, 2);
      const pair = themePairs(texts, none).find(({ themes }) => themes.join() === 'error,login')!;
      expect(pair.count).toBe(texts.filter((text) => text.includes('login') && text.includes('error')).length);
      expect(pair.counts[1]).toBe(texts.filter((text) => text.includes('login')).length);
      if (pair.verdict === 'together') found++;
      if (pair.interval[0] <= 2 && 2 <= pair.interval[1]) covered++;
    }
    expect(found).toBe(50);
    expect(covered).toBeGreaterThanOrEqual(44);
  });

  it('that never come up together are apart', () => {
    const texts = Array.from({ length: 400 }, (_, n) => [n % 2 ? 'login' : 'coach', ...(n % 3 ? [] : ['price'])]);
    const pair = themePairs(texts, none).find(({ themes }) => themes.join() === 'coach,login');
    expect(pair).toMatchObject({ count: 0, lift: 0, verdict: 'apart', counts: [200, 200] });
    expect(pair!.interval[0]).toBe(0);
  });

  it('of which one is part of the other are left out, and so are rare ones', () => {
    const texts = Array.from({ length: 40 }, () => ['performance', 'performance-loading']);
    const isPart = (theme: string, of: string) => theme === `${of}-loading`;
    expect(themePairs([...texts, ['price'], ['coach', 'price']], isPart)).toEqual([]);
    expect(themePairs([], none)).toEqual([]);
  });
});
