import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestService } from '../../support/service.ts';
import { storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { day, startServiceWithDemo } from './serviceWithDemo.ts';

let running: TestService;
const get = async (path: string) => {
  const { status, body } = await running.call('GET', path);
  expect([path, status]).toEqual([path, 200]);
  return body;
};

beforeAll(async () => {
  running = await startServiceWithDemo();
}, 120_000);
afterAll(() => running.stop());

interface Figures {
  count: number;
  ratings: Record<'overallRating' | 'uxRating' | 'growMethodRating', { count: number; mean: number }>;
  choices: { easeOfUse: Record<string, number> };
  themes: { theme: string; mentions: number; feedback: number; sentiment: Record<string, number> }[];
}

/** Number of feedback in a list, over all pages. */
async function countOf(path: string): Promise<number> {
  let count = 0;
  for (let cursor = ''; ; ) {
    const { items, nextCursor } = await get(`${path}&limit=200${cursor && `&cursor=${cursor}`}`);
    count += items.length;
    if (nextCursor === null) return count;
    cursor = nextCursor;
  }
}

describe('the demo, loaded through the API', () => {
  it('has aggregates that equal a recomputation from the raw feedback', async () => {
    const { stored, recomputed } = await storedAndRecomputed(running.models);
    expect(stored.length).toBeGreaterThan(8_000);
    expect(stored).toEqual(recomputed);
  }, 60_000);

  it('answers every call of STORIES.md', async () => {
    const page = await readFile('tools/demo/STORIES.md', 'utf8');
    const calls = [...page.matchAll(/`GET ([^`]+)`/g)].map(([, path]) => path!);
    expect(calls.length).toBeGreaterThan(12);
    for (const path of calls) await get(path.replace(/<day (\d+)>/g, (_, n) => day(Number(n))));
  });

  it('1: shows the step of an org on day 61, and that performance is why', async () => {
    const path = '/v1/orgs/org-tidewell';
    const before: Figures = await get(`${path}/summary?from=${day(31)}&to=${day(60)}`);
    const after: Figures = await get(`${path}/summary?from=${day(61)}&to=${day(90)}`);
    expect(before.ratings.overallRating.mean).toBeGreaterThan(3.9);
    expect(after.ratings.overallRating.mean).toBeLessThan(2.9);
    expect(after.ratings.overallRating.count).toBe(673);

    const share = ({ themes, count }: Figures, name: string) =>
      (themes.find(({ theme }) => theme === name)?.feedback ?? 0) / count;
    const growth = after.themes.map(({ theme }) => ({
      theme,
      by: share(after, theme) - share(before, theme),
    }));
    expect(growth.sort((a, b) => b.by - a.by)[0]?.theme).toBe('performance');

    const { periods } = await get(`${path}/trend?interval=day&from=${day(41)}&to=${day(80)}`);
    const meanOf = (some: Figures[]) => {
      const rated = some.filter(({ ratings }) => ratings.overallRating.count > 0);
      const total = rated.reduce((sum, { ratings: { overallRating: r } }) => sum + r.mean * r.count, 0);
      return total / rated.reduce((sum, { ratings }) => sum + ratings.overallRating.count, 0);
    };
    expect(meanOf(periods.slice(0, 20)) - meanOf(periods.slice(20))).toBeGreaterThan(1);
  });

  it('2: shows that complaints about notifications end with the release of day 46', async () => {
    const path = '/v1/feedback?theme=notifications';
    const before = await countOf(`${path}&sentiment=negative&from=${day(1)}&to=${day(45)}`);
    const after = await countOf(`${path}&sentiment=negative&from=${day(46)}`);
    const thanks = await countOf(`${path}&sentiment=positive&from=${day(46)}`);
    const praise = await countOf(`${path}&sentiment=positive&from=${day(1)}&to=${day(45)}`);
    expect(thanks / after).toBeGreaterThan(5 * (praise / before));
    expect([praise, thanks, before, after]).toEqual([94, 389, 131, 66]);
  });

  it('3: separates the feedback of coach-led and self-guided sessions', async () => {
    const [led, alone] = [await countOf('/v1/feedback?tag=coach-led'), await countOf('/v1/feedback?tag=self-guided')];
    const both = await countOf('/v1/feedback?tag=group');
    expect(led + alone).toBeGreaterThan(10_000);
    expect(led).toBeGreaterThan(alone);
    expect(both).toBeGreaterThan(0);
  });

  it('4: finds the promoter and her org', async () => {
    const { items } = await get('/v1/users?orgId=org-lumen-academy&rank=count&limit=2');
    expect(items.map(({ userId, count }: Figures & { userId: string }) => [userId, count])).toContainEqual([
      'user-maren-holt',
      59,
    ]);
    const maren: Figures & { population: Figures } = await get('/v1/users/user-maren-holt/summary');
    expect(maren.ratings.overallRating.mean).toBe(5);
    const lumen: Figures & { population: Figures } = await get('/v1/orgs/org-lumen-academy/summary');
    expect(lumen.ratings.overallRating.mean - lumen.population.ratings.overallRating.mean).toBeGreaterThan(0.5);
  });

  it('5: shows that the guided check-in wins, and that a and b are the same', async () => {
    const variantsOf = async (experiment: string): Promise<Record<string, Figures>> => {
      const { variants } = await get(`/v1/experiments/${experiment}`);
      return Object.fromEntries(variants.map((one: Figures & { variant: string }) => [one.variant, one]));
    };
    const { control, guided } = await variantsOf('checkin-flow');
    expect([control?.ratings.overallRating.count, guided?.ratings.overallRating.count]).toEqual([1976, 2005]);
    // A standard error of these means is about 0.025.
    expect(guided!.ratings.overallRating.mean - control!.ratings.overallRating.mean).toBeGreaterThan(0.25);
    expect(guided!.ratings.uxRating.mean - control!.ratings.uxRating.mean).toBeGreaterThan(0.3);
    const difference = guided!.ratings.growMethodRating.mean - control!.ratings.growMethodRating.mean;
    expect(Math.abs(difference)).toBeLessThan(0.15);
    const { a, b } = await variantsOf('aa-baseline');
    expect(Math.abs(a!.ratings.overallRating.mean - b!.ratings.overallRating.mean)).toBeLessThan(0.1);
  });
});
