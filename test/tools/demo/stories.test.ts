import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { stories } from '../../../tools/demo/world.ts';
import { dayOf, demo, mean, type Rating, welch } from './measure.ts';

const ratings: readonly Rating[] = ['overallRating', 'uxRating', 'growMethodRating'];

describe('the stories of tools/demo/STORIES.md', () => {
  test('Tidewell falls on day 61 because its pages are slow', () => {
    const { org, fromDay } = stories.migration;
    const own = demo.filter(({ orgId }) => orgId === org);
    const [before, after] = [own.filter((each) => dayOf(each) < fromDay), own.filter((each) => dayOf(each) >= fromDay)];
    expect(mean(before, 'overallRating')).toBeGreaterThan(3.9);
    expect(mean(after, 'overallRating')).toBeLessThan(2.9);
    expect(mean(before, 'growMethodRating') - mean(after, 'growMethodRating')).toBeLessThan(0.6);

    const slow = (group: typeof own) => {
      const texts = group.filter(({ improvements }) => improvements !== undefined);
      return (
        texts.filter(({ improvements }) => /slow|load|migrat|sync|spinner/i.test(improvements!)).length / texts.length
      );
    };
    expect(slow(after)).toBeGreaterThan(4 * slow(before));

    const others = demo.filter(({ orgId }) => orgId !== org);
    const change =
      mean(
        others.filter((each) => dayOf(each) >= fromDay),
        'overallRating',
      ) -
      mean(
        others.filter((each) => dayOf(each) < fromDay),
        'overallRating',
      );
    expect(Math.abs(change)).toBeLessThan(0.1);
  });

  test('nobody complains about reminders after the release of day 46, and many praise them', () => {
    const about = demo.filter(({ improvements }) => /remind|notif|push notification/i.test(improvements ?? ''));
    const before = about.filter((each) => dayOf(each) < stories.release.fromDay);
    const after = about.filter((each) => dayOf(each) >= stories.release.fromDay);
    expect(mean(before, 'overallRating')).toBeLessThan(3.5);
    expect(mean(after, 'overallRating')).toBeGreaterThan(4.1);
    const complaint =
      /never came|no reminder|after the session has started|dead on|can't turn them off|just nagging|nicht abstellen|trop tard|llegan (?:tarde|cuando)/i;
    expect(before.filter(({ improvements }) => complaint.test(improvements!)).length).toBeGreaterThan(40);
    expect(after.filter(({ improvements }) => complaint.test(improvements!))).toEqual([]);
  });

  test('coach-led sessions do better, on the method above all', () => {
    const [led, alone] = ['coach-led', 'self-guided'].map((tag) => demo.filter(({ tags }) => tags?.includes(tag)));
    expect(mean(led!, 'growMethodRating') - mean(alone!, 'growMethodRating')).toBeGreaterThan(0.6);
    expect(mean(led!, 'overallRating') - mean(alone!, 'overallRating')).toBeGreaterThan(0.3);
  });

  test('Lumen is the happiest org and has a power user worth quoting', () => {
    const { org, user } = stories.promoter;
    const means = [...new Set(demo.map(({ orgId }) => orgId))]
      .filter((id) => id !== undefined)
      .map((id) => ({
        id,
        mean: mean(
          demo.filter(({ orgId }) => orgId === id),
          'overallRating',
        ),
      }));
    expect(means.sort((a, b) => b.mean - a.mean)[0]!.id).toBe(org);

    const hers = demo.filter(({ userId }) => userId === user);
    expect(hers.every(({ orgId }) => orgId === org)).toBe(true);
    expect(hers.length).toBeGreaterThan(40);
    expect(hers.every(({ overallRating }) => overallRating !== undefined && overallRating >= 4)).toBe(true);
    const texts = hers.map(({ improvements }) => improvements).filter((text) => text !== undefined);
    expect(texts.length).toBeGreaterThan(30);
    expect(texts.every((text) => text.length > 60)).toBe(true);
  });

  test('the guided check-in wins, on all but the method', () => {
    const variant = (name: string) =>
      demo.filter((each) => each.experiment === 'checkin-flow' && each.variant === name);
    const [control, guided] = [variant('control'), variant('guided')];
    expect(welch(control, guided, 'overallRating')).toBeGreaterThan(6);
    expect(welch(control, guided, 'uxRating')).toBeGreaterThan(6);
    expect(Math.abs(welch(control, guided, 'growMethodRating'))).toBeLessThan(1.5);
    expect(Math.min(...[...control, ...guided].map(dayOf))).toBe(stories.checkinFlow.fromDay);
  });

  test('the A/A experiment has no winner', () => {
    const variant = (name: string) => demo.filter((each) => each.experiment === 'aa-baseline' && each.variant === name);
    for (const rating of ratings) expect(Math.abs(welch(variant('a'), variant('b'), rating))).toBeLessThan(1.5);
  });

  test('the figures in STORIES.md equal the data', () => {
    const page = readFileSync(new URL('../../../tools/demo/STORIES.md', import.meta.url), 'utf8');
    const figure = (group: typeof demo, rating: Rating) => {
      const n = group.filter((each) => each[rating] !== undefined).length;
      return `${mean(group, rating).toFixed(2)} (n = ${n.toLocaleString('en')})`;
    };
    const tidewell = demo.filter(({ orgId }) => orgId === 'org-tidewell');
    const groups = [
      tidewell.filter((each) => dayOf(each) < 61),
      tidewell.filter((each) => dayOf(each) >= 61),
      ...['coach-led', 'self-guided'].map((tag) => demo.filter(({ tags }) => tags?.includes(tag))),
      ...['control', 'guided'].map((name) => demo.filter(({ variant }) => variant === name)),
    ];
    const written = groups.flatMap((group) => [figure(group, 'overallRating'), figure(group, 'growMethodRating')]);
    expect(written.filter((each) => !page.includes(each))).toEqual([]);
  });

  test('ratings within one feedback correlate', () => {
    const both = demo.filter(({ overallRating, uxRating }) => overallRating !== undefined && uxRating !== undefined);
    const happy = both.filter(({ overallRating }) => overallRating === 5);
    const unhappy = both.filter(({ overallRating }) => overallRating! <= 2);
    expect(mean(happy, 'uxRating') - mean(unhappy, 'uxRating')).toBeGreaterThan(1);
  });
});
