import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { feedbackSchema } from '../../../src/ingest/feedbackSchema.ts';
import { type DemoFeedback, generateDemo } from '../../../tools/demo/generateDemo.ts';
import { demo, UNTIL } from './measure.ts';

const hash = (feedback: Iterable<DemoFeedback>) =>
  createHash('sha256')
    .update(JSON.stringify([...feedback]))
    .digest('hex');
const distinct = (field: 'id' | 'orgId' | 'userId' | 'sessionId', feedback = demo) =>
  new Set(feedback.map((each) => each[field]).filter((id) => id !== undefined)).size;

describe('the demo', () => {
  test('has 20,000 feedback of 40 orgs, 2,000 users and 6,000 sessions', () => {
    expect(demo).toHaveLength(20_000);
    expect(distinct('id')).toBe(20_000);
    expect([distinct('orgId'), distinct('userId'), distinct('sessionId')]).toEqual([40, 2_000, 6_000]);
  });

  test('is the same every time', () => {
    expect(hash(generateDemo({ until: UNTIL }))).toBe(hash(demo));
  });

  test('differs with another seed', () => {
    const [other] = generateDemo({ seed: 2, until: UNTIL, count: 500 });
    const [usual] = generateDemo({ until: UNTIL, count: 500 });
    expect(other!.id).not.toBe(usual!.id);
    expect(other!.createdAt).not.toBe(usual!.createdAt);
  });

  test('moves by whole days with its end, and is otherwise the same', () => {
    const later = [...generateDemo({ until: new Date('2026-03-12T23:59:00Z') })];
    const tenDays = 10 * 86_400_000;
    expect(later.every(({ createdAt }, i) => Date.parse(createdAt) - Date.parse(demo[i]!.createdAt) === tenDays)).toBe(
      true,
    );
    const timeless = (feedback: readonly DemoFeedback[]) => hash(feedback.map((each) => ({ ...each, createdAt: '' })));
    expect(timeless(later)).toBe(timeless(demo));
  });

  test('is ordered by time, from the first of 90 days to the last whole day before its end', () => {
    const times = demo.map(({ createdAt }) => createdAt);
    expect(times.every((time, i) => i === 0 || times[i - 1]! <= time)).toBe(true);
    expect(times[0]!.slice(0, 10)).toBe('2025-12-02');
    expect(times.at(-1)!.slice(0, 10)).toBe('2026-03-01');
  });

  test('is valid for the API', () => {
    const refused = demo.filter((each) => !feedbackSchema.safeParse(each).success);
    expect(refused).toEqual([]);
  });

  test('has an answer in every feedback', () => {
    const silent = demo.filter((each) => {
      const { overallRating, uxRating, growMethodRating, easeOfUse, helpfulness, willingToPay, improvements } = each;
      const said = [overallRating, uxRating, growMethodRating, easeOfUse, helpfulness, willingToPay, improvements];
      return said.every((answer) => answer === undefined || answer === '');
    });
    expect(silent).toEqual([]);
  });

  test('has anonymous feedback, with and without an org', () => {
    const unnamed = demo.filter(({ userId }) => userId === undefined);
    expect(unnamed.length / demo.length).toBeGreaterThan(0.05);
    expect(
      unnamed.filter(({ orgId, sessionId }) => orgId === undefined && sessionId === undefined).length,
    ).toBeGreaterThan(200);
  });

  test('puts every user and every session into one org', () => {
    for (const field of ['userId', 'sessionId'] as const) {
      const orgs = new Map<string, string | undefined>();
      for (const each of demo) {
        const id = each[field];
        if (id === undefined) continue;
        expect(orgs.has(id) ? orgs.get(id) : each.orgId).toBe(each.orgId);
        orgs.set(id, each.orgId);
      }
    }
  });

  test.each([1, 7, 39, 400, 2_500])('can have %i feedback', (count) => {
    const small = [...generateDemo({ count, until: UNTIL })];
    expect(small).toHaveLength(count);
    expect(distinct('id', small)).toBe(count);
    expect(small.every((each) => feedbackSchema.safeParse(each).success)).toBe(true);
  });

  test('can have any number of days, down to one', () => {
    for (const days of [1, 7, 365]) {
      const times = [...generateDemo({ count: 300, days, until: UNTIL })].map(({ createdAt }) => Date.parse(createdAt));
      const end = Date.parse('2026-03-02T00:00:00Z');
      expect(Math.min(...times)).toBeGreaterThanOrEqual(end - days * 86_400_000);
      expect(Math.max(...times)).toBeLessThan(end);
    }
  });

  test('refuses a count or days that make no sense', () => {
    expect(() => [...generateDemo({ count: 0, until: UNTIL })]).toThrow(RangeError);
    expect(() => [...generateDemo({ days: 1.5, until: UNTIL })]).toThrow(RangeError);
    expect(() => [...generateDemo({ until: new Date('never') })]).toThrow(RangeError);
  });
});
