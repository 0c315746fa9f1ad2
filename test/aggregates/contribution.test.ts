import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { choiceKey, choiceOf, OTHER_CHOICE } from '../../src/aggregates/choiceKey.ts';
import {
  type AggregateDelta,
  addContribution,
  CHOICES,
  type Countable,
  RATINGS,
  sumContributions,
} from '../../src/aggregates/contribution.ts';
import { addDelta, type Delta } from '../../src/aggregates/delta.ts';
import { figuresOf } from '../../src/aggregates/figures.ts';
import { packDelta, unpackDelta } from '../../src/aggregates/packDelta.ts';
import { SENTIMENT_LABELS } from '../../src/analysis/analysis.ts';

const AWKWARD = ['.', '$', '\0', '\n', '%', '%other', '%2e', '__proto__', 'constructor', 'a.b', '$inc', '5'];
const choice = fc.oneof(fc.constantFrom(...AWKWARD), fc.string({ unit: 'binary' }));
const name = fc.option(fc.constantFrom('a', 'b', 'c d', '%', '__proto__'), { nil: undefined });
const sentiment = fc.record({
  label: fc.constantFrom(...SENTIMENT_LABELS),
  score: fc.double({ min: -1, max: 1, noNaN: true }),
});
const rating = fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined });
const answer = fc.option(choice, { nil: undefined });
const questions = fc.option(fc.subarray([...CHOICES]), { nil: undefined });

const countable: fc.Arbitrary<Countable> = fc.record({
  orgId: name,
  userId: name,
  sessionId: name,
  experiment: name,
  variant: name,
  createdAt: fc.date({ min: new Date('2026-01-01'), max: new Date('2026-01-04'), noInvalidDate: true }),
  overallRating: rating,
  uxRating: rating,
  growMethodRating: rating,
  easeOfUse: answer,
  helpfulness: answer,
  willingToPay: answer,
  analysis: fc.record({
    sentiment: fc.option(sentiment, { nil: null }),
    mentions: fc.array(fc.record({ theme: fc.constantFrom('speed', 'price', 'constructor'), sentiment }), {
      maxLength: 4,
    }),
  }) as fc.Arbitrary<Countable['analysis']>,
  localDays: fc.option(fc.subarray(['Europe/Berlin 2026-01-01', 'Europe/Berlin 2026-01-02', 'Etc/GMT+5 2026-01-01']), {
    nil: undefined,
  }),
  other: fc.option(fc.record({ org: questions, all: questions }), { nil: undefined }),
});
const many = fc.array(countable, { maxLength: 20 });
const RUNS = { numRuns: 60 };

const totalOf = (feedback: Countable[]): Delta => sumContributions(feedback).get('all')?.delta ?? new Map();
const add = (sum: number, n: number) => sum + n;

describe('contributions', () => {
  it('have the same sum in any order', () => {
    const shuffled = many.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => expect(sumContributions(other)).toEqual(sumContributions(all))),
      RUNS,
    );
  });

  it('have the same sum one by one as in a batch', () => {
    fc.assert(
      fc.property(many, (all) => {
        const oneByOne = new Map<string, AggregateDelta>();
        for (const feedback of all) addContribution(oneByOne, feedback);
        const plain = (deltas: Map<string, AggregateDelta>) =>
          new Map([...deltas].map(([path, { isAliased: _, ...gain }]) => [path, gain]));
        expect(plain(sumContributions(all))).toEqual(plain(oneByOne));
      }),
      RUNS,
    );
  });

  it('have the same sum for any split into batches', () => {
    fc.assert(
      fc.property(many, fc.nat(20), (all, size) => {
        const parts = [sumContributions(all.slice(0, size)), sumContributions(all.slice(size))];
        for (const [path, { delta }] of sumContributions(all)) {
          const sum: Delta = new Map();
          for (const part of parts) addDelta(sum, part.get(path)?.delta ?? new Map());
          expect(sum).toEqual(delta);
        }
      }),
      RUNS,
    );
  });

  it('cancel out when subtracted', () => {
    fc.assert(
      fc.property(many, countable, (all, feedback) => {
        const before = sumContributions(all);
        const deltas = sumContributions(all);
        addContribution(deltas, feedback);
        addContribution(deltas, feedback, -1);
        for (const [path, { delta }] of deltas) expect(delta).toEqual(before.get(path)?.delta ?? new Map());
      }),
      RUNS,
    );
  });

  it('are equal after packing and unpacking', () => {
    fc.assert(
      fc.property(many, (all) => {
        const total = totalOf(all);
        const stored = packDelta(total);
        expect(unpackDelta(stored)).toEqual(total);
      }),
      RUNS,
    );
  });
});

describe('choice keys', () => {
  it('are reversible and safe at the end of a path', () => {
    fc.assert(
      fc.property(choice, (text) => {
        expect(choiceOf(choiceKey(text))).toBe(text);
        expect(choiceKey(text)).not.toMatch(/[.\n]/);
        expect(choiceKey(text)).not.toBe(OTHER_CHOICE);
      }),
    );
  });
});

describe('figures', () => {
  it('count every answer exactly once', () => {
    fc.assert(
      fc.property(many, (all) => {
        const figures = figuresOf(totalOf(all));
        expect(figures.count).toBe(all.length);
        for (const question of RATINGS) {
          const given = all.flatMap((feedback) => feedback[question] ?? []);
          const { count, distribution, mean } = figures.ratings[question];
          expect([count, distribution.reduce(add, 0)]).toEqual([given.length, given.length]);
          expect(mean).toBe(given.length ? given.reduce(add, 0) / given.length : null);
        }
        for (const question of CHOICES) {
          const named = Object.entries(figures.choices[question]);
          const counts = [...named.map(([, count]) => count), figures.otherChoices[question] ?? 0];
          expect(counts.reduce(add, 0)).toBe(all.filter((feedback) => feedback[question] !== undefined).length);
          const byName = (text: string) =>
            all.filter((feedback) => feedback[question] === text && !feedback.other?.all?.includes(question));
          for (const [text, count] of named) expect(count).toBe(byName(text).length);
        }
        const { mean: _, ...sentiments } = figures.sentiment;
        expect(Object.values(sentiments).reduce(add, 0)).toBe(all.length);
        const mentions = all.flatMap((feedback) => feedback.analysis.mentions);
        expect(figures.themes.map((theme) => theme.mentions).reduce(add, 0)).toBe(mentions.length);
        for (const theme of figures.themes) expect(Object.values(theme.sentiment).reduce(add, 0)).toBe(theme.mentions);
      }),
      RUNS,
    );
  });

  it('keep the name of any choice through JSON', () => {
    const all = AWKWARD.map((easeOfUse) => ({
      easeOfUse,
      createdAt: new Date(0),
      analysis: { sentiment: null, mentions: [] },
    }));
    const { choices } = JSON.parse(JSON.stringify(figuresOf(totalOf(all))));
    expect(Object.entries(choices.easeOfUse).sort()).toEqual(AWKWARD.map((text) => [text, 1]).sort());
  });
});
