import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publicId } from '../../src/models/feedback/feedbackDocument.ts';
import { KEYS, startTestService, type TestService } from '../support/service.ts';
import { isolatedStores } from '../support/stores/stores.ts';
import { type Example, examplesOf, runExample } from './examples.ts';

const DAY_MS = 86_400_000;
let running: TestService;
const raw = (...pipeline: object[]) => running.models.feedback.collection.aggregate(pipeline).toArray();

beforeAll(async () => {
  running = await startTestService(isolatedStores());
  const willing = ['Yes', 'Yes, at $10', 'No', 'Not yesterday'];
  const texts = ['I love it', 'The pages are so slow', 'I hate the calendar', undefined, 'Great coach!'];
  const feedback = Array.from({ length: 300 }, (_, n) => ({
    orgId: `org-${n % 4}`,
    ...(n % 5 > 0 && { userId: `u-${n % 13}` }),
    sessionId: `s-${n % 37}`,
    ...(n % 3 > 0 && { overallRating: 1 + ((n * 7) % 5) }),
    ...(n % 2 > 0 && { uxRating: 1 + ((n * 3) % 5) }),
    growMethodRating: 1 + (n % 5),
    willingToPay: willing[(n * 11) % 4],
    improvements: texts[(n * 3 + (n % 4)) % 5],
    createdAt: Date.UTC(2026, 8, 1) + ((n * 7919) % 60) * DAY_MS,
  }));
  await running.call('POST', '/v1/feedback/batch', { body: { feedback } });
  await running.stored(300);
});
afterAll(() => running.stop());

type Body = ReturnType<typeof JSON.parse>;
type Check = (body: Body) => Promise<void>;

/** Expects the list to equal the matching raw feedback, newest (-1) or oldest (1) first. */
const listOf =
  (match: object, direction: 1 | -1 = -1): Check =>
  async ({ items }) => {
    const rows = await raw({ $match: match }, { $sort: { createdAt: direction, _id: direction } });
    expect(rows.length).toBeGreaterThan(0);
    expect(items.map((item: Body) => [item.id, item.createdAt, item.overallRating, item.improvements])).toEqual(
      rows.map((row) => [publicId(row._id), row.createdAt.toISOString(), row.overallRating, row.improvements]),
    );
  };

const means = {
  count: { $sum: 1 },
  overallRating: { $avg: '$overallRating' },
  uxRating: { $avg: '$uxRating' },
  growMethodRating: { $avg: '$growMethodRating' },
};
const shownMeans = ({ count, ratings }: Body) => ({
  count,
  overallRating: ratings.overallRating.mean,
  uxRating: ratings.uxRating.mean,
  growMethodRating: ratings.growMethodRating.mean,
});

/** Expects the summary to equal the means of the matching raw feedback, and its population those of all. */
const summaryOf =
  (match: object): Check =>
  async (summary) => {
    for (const [shown, filter] of [
      [summary, match],
      [summary.population, {}],
    ] as const) {
      const [row] = await raw({ $match: filter }, { $group: { _id: null, ...means } });
      expect({ _id: null, ...shownMeans(shown) }).toEqual(row);
      const ratings = await raw({ $match: filter }, { $group: { _id: '$overallRating', n: { $sum: 1 } } });
      expect(shown.ratings.overallRating.distribution).toEqual(
        [1, 2, 3, 4, 5].map((rating) => ratings.find(({ _id }) => _id === rating)?.n ?? 0),
      );
    }
  };

interface Ranked {
  field: 'orgId' | 'userId' | 'sessionId';
  by: 'count' | 'overallRating' | 'growMethodRating';
  lowest?: boolean;
  minCount?: number;
  limit?: number;
  match?: object;
}

/** Expects the ranking to equal the raw feedback, grouped and sorted, ties by id. */
const rankingOf =
  ({ field, by, lowest = false, minCount = 1, limit = 1_000, match = {} }: Ranked): Check =>
  async ({ items }) => {
    const rows = await raw(
      { $match: { [field]: { $exists: true }, ...match } },
      { $group: { _id: `$${field}`, ...means } },
      { $match: { count: { $gte: minCount }, [by]: { $ne: null } } },
      { $sort: { [by]: lowest ? 1 : -1, _id: 1 } },
      { $limit: limit },
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(items.map((item: Body) => ({ _id: item[field], ...shownMeans(item) }))).toEqual(rows);
  };

/** Expects the ranking to equal the stars that raw ratings lack to the mean of all, or of all without the theme. */
const shortfallOf =
  (field: 'orgId' | 'sessionId', limit: number, theme?: string): Check =>
  async ({ items }) => {
    const rating = { overallRating: { $exists: true } };
    const having = theme === undefined ? {} : { 'analysis.mentions.theme': theme };
    const others = theme === undefined ? {} : { 'analysis.mentions.theme': { $ne: theme } };
    const [all] = await raw({ $match: { ...rating, ...others } }, { $group: { _id: null, ...means } });
    const rows = await raw(
      { $match: { ...rating, ...having } },
      {
        $group: {
          _id: `$${field}`,
          lacking: { $sum: { $subtract: [all?.overallRating, '$overallRating'] } },
        },
      },
      { $sort: { lacking: -1, _id: 1 } },
    );
    expect(items).toHaveLength(Math.min(limit, rows.length));
    for (const [n, item] of items.entries()) {
      const lacking = rows.find(({ _id }) => _id === item[field])?.lacking;
      expect(item.shortfall).toBeCloseTo(lacking, 9);
      expect(item.shortfall).toBeCloseTo(rows[n]?.lacking, 9);
    }
  };

const CHECKS: Record<string, Check> = {
  'Show me all feedback for session s-7': listOf({ sessionId: 's-7' }),
  'How did this particular session perform?': summaryOf({ sessionId: 's-7' }),
  'Average ratings per session': rankingOf({ field: 'sessionId', by: 'count' }),
  'Which sessions are most effective?': rankingOf({
    field: 'sessionId',
    by: 'growMethodRating',
    minCount: 5,
  }),
  'Show me all feedback from user u-3': listOf({ userId: 'u-3' }),
  "A user's satisfaction over time, answer by answer": listOf({ userId: 'u-3' }, 1),
  async "What is this user's overall experience trend?"({ periods }) {
    const rows = await raw(
      { $match: { userId: 'u-3' } },
      {
        $group: {
          _id: { $dateTrunc: { date: '$createdAt', unit: 'week', startOfWeek: 'monday' } },
          ...means,
        },
      },
      { $sort: { _id: 1 } },
    );
    const filled = periods.filter(({ count }: Body) => count > 0);
    expect(filled.map((period: Body) => ({ _id: new Date(period.from), ...shownMeans(period) }))).toEqual(rows);
    const weeks = (Date.parse(periods.at(-1).from) - Date.parse(periods[0].from)) / (7 * DAY_MS) + 1;
    expect(periods).toHaveLength(weeks);
  },
  async 'Users willing to pay'({ items }) {
    const rows = await raw(
      { $match: { userId: { $exists: true }, willingToPay: /Yes/ } },
      { $group: { _id: '$userId' } },
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(items.map(({ userId }: Body) => userId).sort()).toEqual(rows.map(({ _id }) => _id).sort());
  },
  'Who are the power users?': rankingOf({ field: 'userId', by: 'count', limit: 5 }),
  'Show me all feedback from organization org-2': listOf({ orgId: 'org-2' }),
  'Organization-wide satisfaction': rankingOf({ field: 'orgId', by: 'overallRating' }),
  'How satisfied are users from one company?': summaryOf({ orgId: 'org-2' }),
  'Which orgs need attention?': rankingOf({
    field: 'orgId',
    by: 'overallRating',
    lowest: true,
    minCount: 20,
  }),
  'Was this specific session bad?': summaryOf({ sessionId: 's-4' }),
  'Is this user consistently unhappy?': summaryOf({ userId: 'u-5' }),
  'Are all users from this company unhappy?': rankingOf({
    field: 'userId',
    by: 'overallRating',
    lowest: true,
    match: { orgId: 'org-2' },
  }),
  'What made this session great?': listOf({ sessionId: 's-4', overallRating: { $gte: 4 } }),
  async 'Is this user a promoter?'({ promoter, criteria }) {
    const [row] = await raw({ $match: { userId: 'u-3' } }, { $group: { _id: null, ...means } });
    const [, mean] = criteria;
    expect(mean).toMatchObject({ criterion: 'meanRating', holds: row!.overallRating >= mean.threshold.min });
    expect(mean.number).toBeCloseTo(row!.overallRating, 10);
    expect(promoter).toBe('no');
  },
  async 'Should we use this org as a case study?'({ caseStudy, criteria }) {
    const match = { orgId: 'org-2' };
    const [row] = await raw({ $match: match }, { $group: { _id: null, ...means } });
    const people = await raw({ $match: { ...match, userId: { $exists: true } } }, { $group: { _id: '$userId' } });
    expect(criteria.map((one: Body) => one.number).slice(1, 3)).toEqual([
      people.length,
      expect.closeTo(row!.overallRating, 10),
    ]);
    expect(caseStudy).toBe('no');
  },
  async 'Since when?'({ from, to, tested, changes }) {
    const days = (await raw({ $group: { _id: { $dateToString: { date: '$createdAt', format: '%Y-%m-%d' } } } })).map(
      ({ _id }) => _id,
    );
    expect(to).toBe(days.sort().at(-1));
    expect(Date.parse(to) - Date.parse(from)).toBe(364 * DAY_MS);
    expect(tested).toBeGreaterThan(3);
    // Nothing changes in this data.
    expect(changes).toEqual([]);
  },
  async 'How do two orgs differ, and by what?'({ a, b, ratings, contributions }) {
    const [one, other] = await Promise.all(
      ['org-1', 'org-2'].map(
        async (orgId) => (await raw({ $match: { orgId } }, { $group: { _id: null, ...means } }))[0],
      ),
    );
    expect([a.feedback, b.feedback]).toEqual([one!.count, other!.count]);
    const difference = other!.overallRating - one!.overallRating;
    expect(ratings.overallRating.difference).toBeCloseTo(difference, 10);
    const parts = contributions.themes.map(({ contribution }: Body) => contribution);
    expect(parts.reduce((sum: number, part: number) => sum + part, contributions.rest)).toBeCloseTo(difference, 10);
  },
  'Which org is the happiest?': rankingOf({
    field: 'orgId',
    by: 'overallRating',
    minCount: 50,
    limit: 1,
  }),
  async 'What should we fix first?'({ rated, drivers }) {
    const rating = { overallRating: { $exists: true } };
    expect(rated).toBe((await raw({ $match: rating })).length);
    expect(drivers.length).toBeGreaterThan(0);
    for (const { theme, rated: n, meanWith, meanWithout, impact } of drivers) {
      const sides = await raw(
        { $match: rating },
        { $group: { _id: { $in: [theme, '$analysis.mentions.theme'] }, n: { $sum: 1 }, ...means } },
      );
      const [having, others] = [true, false].map((side) => sides.find(({ _id }) => _id === side));
      expect([n, meanWith, meanWithout]).toEqual([having?.n, having?.overallRating, others?.overallRating]);
      expect(impact).toBeCloseTo((n / rated) * (meanWith - meanWithout), 10);
    }
    const impacts = drivers.map(({ impact }: Body) => impact);
    expect(impacts).toEqual([...impacts].sort((a, b) => a - b));
  },
  async 'What has come up lately?'({ current, baseline, themes, tooFew }) {
    const [latest] = await raw({ $sort: { createdAt: -1 } }, { $limit: 1 });
    expect(current.to).toBe(latest?.createdAt.toISOString().slice(0, 10));
    for (const [period, side] of [
      [current, 'now'],
      [baseline, 'before'],
    ]) {
      const from = new Date(period.from);
      const createdAt = { $gte: from, $lt: new Date(Date.parse(period.to) + DAY_MS) };
      expect(period.feedback).toBe((await raw({ $match: { createdAt } })).length);
      for (const theme of [...themes, ...tooFew]) {
        const match = { createdAt, 'analysis.mentions.theme': theme.theme };
        expect([theme.theme, theme[side]]).toEqual([theme.theme, (await raw({ $match: match })).length]);
      }
    }
  },
  async 'What do people say about it?'({ quotes }) {
    expect(quotes.length).toBeGreaterThan(0);
    for (const { id, start, end, text } of quotes) {
      const [row] = await raw({ $match: { _id: { $regex: `^${id}( |$)` } } });
      expect(row?.improvements.slice(start, end)).toBe(text);
      expect(row?.analysis.mentions.map(({ theme }: Body) => theme)).toContain('performance');
    }
  },
  'Which sessions need the most improvement?': shortfallOf('sessionId', 3),
  'Which sessions are rated the lowest?': rankingOf({
    field: 'sessionId',
    by: 'overallRating',
    lowest: true,
    minCount: 5,
    limit: 3,
  }),
  'Which users are most engaged with feedback?': rankingOf({ field: 'userId', by: 'count', minCount: 10 }),
  'Which orgs should we prioritize for new features?': shortfallOf('orgId', 50, 'performance'),
  async 'Which orgs are the least content?'({ items }) {
    const rows = await raw(
      { $match: { 'analysis.sentiment': { $ne: null } } },
      {
        $group: {
          _id: '$orgId',
          sum: { $sum: { $round: { $multiply: ['$analysis.sentiment.score', 1000] } } },
          n: { $sum: 1 },
        },
      },
      { $set: { mean: { $divide: ['$sum', { $multiply: ['$n', 1000] }] } } },
      { $sort: { mean: 1, _id: 1 } },
    );
    expect(items.map(({ orgId }: Body) => orgId)).toEqual(rows.map(({ _id }) => _id));
    items.forEach((item: Body, i: number) => {
      expect(item.sentiment.mean).toBeCloseTo(rows[i]?.mean, 9);
    });
  },
};

describe('docs/questions.md', () => {
  let examples: Example[];
  beforeAll(async () => {
    examples = await examplesOf('docs/questions.md');
  });

  it('has one example for each question, and each has a check', () => {
    expect(examples.map(({ heading }) => heading).sort()).toEqual(Object.keys(CHECKS).sort());
  });

  it.each(Object.entries(CHECKS))('%s', async (question, check) => {
    const example = examples.find(({ heading }) => heading === question)!;
    const env = { HOST: running.service.apiUrl ?? '', READ_KEY: KEYS.read };
    const [answer, ...more] = await runExample(example, env);
    expect([answer?.status, more.length]).toEqual([200, 0]);
    await check(answer?.body);
  });
});
