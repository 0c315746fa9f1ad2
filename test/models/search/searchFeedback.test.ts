import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { CHOICES, RATINGS } from '../../../src/aggregates/contribution.ts';
import { figuresOf } from '../../../src/aggregates/figures.ts';
import { KINDS, SENTIMENT_LABELS } from '../../../src/analysis/analysis.ts';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { parseQuery } from '../../../src/analysis/search/searchQuery.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { createPartsWriter } from '../../../src/models/aggregates/partsWriter.ts';
import { readTotals } from '../../../src/models/aggregates/readTotals.ts';
import { type FeedbackDocument, toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import type { FeedbackFilter, PageOptions } from '../../../src/models/feedback/findFeedback.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { removeTexts } from '../../../src/models/retention/expiredFeedback.ts';
import { removeFeedback } from '../../../src/models/retention/removeFeedback.ts';
import { facetsOf } from '../../../src/models/search/facetCounts.ts';
import { createFeedbackSearch, type FeedbackSearch } from '../../../src/models/search/searchFeedback.ts';
import { createIndexUpdater } from '../../../src/models/search/updateIndex.ts';
import { testModels } from '../../support/stores/models.ts';

const models = testModels();
beforeEach(clear);
afterEach(() => {
  jest.restoreAllMocks();
});

async function clear() {
  const { connection: _, ...all } = models;
  await Promise.all(Object.values(all).map((model) => model.deleteMany()));
}

const SIZES = { usual: 8, max: 12, min: 3, characters: 250 };
const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
const TEXTS = [
  undefined,
  'The calendar sync is slow. The app crashes and is slow!',
  'I love the calendar, but the pages are slow.',
  'Please add a dark mode.',
  'Why is the price so high?',
  'Très bon café',
  '同期が遅いです',
];
const START = Date.UTC(2026, 2, 1);
const HOUR_MS = 3_600_000;

interface Made {
  n: number;
  hour: number;
  org: number;
  text: number;
  stars: number;
}
const made = fc.record({
  n: fc.nat(400),
  hour: fc.nat(12),
  org: fc.nat(2),
  text: fc.nat(TEXTS.length - 1),
  stars: fc.nat(5),
});

function documentOf({ n, hour, org, text, stars }: Made, acceptedAt = 1_000): FeedbackDocument {
  const improvements = TEXTS[text];
  const input = {
    id: `f-${n}`,
    userId: `u-${n % 5}`,
    ...(org > 0 && { orgId: `org-${org}` }),
    ...(stars > 0 && { overallRating: stars, uxRating: 6 - stars }),
    ...(stars % 2 === 1 && {
      willingToPay: ['Yes', 'Yes, at $10 (maybe)', 'No', 'Yesterday'][n % 4]!,
      easeOfUse: 'Hard',
    }),
    ...(n % 3 === 0 && { tags: n % 2 ? ['ios', 'beta 2'] : ['ios'] }),
    ...(n % 4 === 0 && { experiment: 'check-in', variant: n % 8 ? 'a' : 'b' }),
    ...(improvements !== undefined && { improvements }),
  };
  const document = toDocument({ ...input, acceptedAt, createdAt: START + hour * HOUR_MS }, analyze(improvements));
  if (n % 7 === 0 && document.willingToPay) document.other = { org: ['willingToPay'], all: ['willingToPay'] };
  return document;
}

const FILTERS: [string, FeedbackFilter, (feedback: FeedbackDocument) => boolean][] = [
  ['nothing', {}, () => true],
  ['an org', { orgId: 'org-1' }, ({ orgId }) => orgId === 'org-1'],
  ['a user', { userId: 'u-3' }, ({ userId }) => userId === 'u-3'],
  ['a tag', { tag: 'ios' }, ({ tags }) => tags?.includes('ios') === true],
  ['a tag of two words', { tag: 'beta 2' }, ({ tags }) => tags?.includes('beta 2') === true],
  ['no tag', { tag: 'absent' }, () => false],
  [
    'a theme',
    { theme: 'performance' },
    ({ analysis }) => analysis.mentions.some(({ theme }) => theme === 'performance'),
  ],
  [
    'clauses',
    { theme: 'performance', themeSentiment: 'negative' },
    ({ analysis }) =>
      analysis.mentions.some(({ theme, sentiment }) => theme === 'performance' && sentiment.label === 'negative'),
  ],
  ['a kind', { kind: 'question' }, ({ analysis }) => analysis.kind === 'question'],
  ['a sentiment', { sentiment: 'mixed' }, ({ analysis }) => analysis.sentiment?.label === 'mixed'],
  ['unscored', { sentiment: 'unscored' }, ({ analysis }) => analysis.sentiment === null],
  [
    'stars',
    { ratings: { overallRating: { min: 2, max: 3 } } },
    ({ overallRating: stars = 0 }) => stars === 2 || stars === 3,
  ],
  ['a word of an answer', { willingToPay: { word: 'YES' } }, ({ willingToPay = '' }) => /^Yes(,|$)/.test(willingToPay)],
  [
    'special characters',
    { willingToPay: { word: '$10 (maybe' } },
    ({ willingToPay = '' }) => willingToPay.includes('maybe'),
  ],
  ['an answer', { easeOfUse: { exactly: 'Hard' } }, ({ easeOfUse }) => easeOfUse === 'Hard'],
  ['another answer', { otherAnswer: 'willingToPay' }, ({ other }) => other?.all?.includes('willingToPay') === true],
  ['a variant', { experiment: 'check-in', variant: 'b' }, ({ variant }) => variant === 'b'],
  [
    'words',
    { words: parseQuery('slow cal') },
    ({ improvements = '' }) => improvements.includes('slow') && improvements.includes('calendar'),
  ],
  ['a phrase', { words: parseQuery('"is slow"') }, ({ improvements = '' }) => improvements.includes('is slow')],
  ['an accent', { words: parseQuery('TRES cafe') }, ({ improvements = '' }) => improvements.includes('café')],
  ['a letter of no alphabet', { words: parseQuery('遅い') }, ({ improvements = '' }) => improvements.includes('遅い')],
];
const TIMES: [FeedbackFilter['created'], (time: number) => boolean][] = [
  [undefined, () => true],
  [{ from: new Date(START + 3 * HOUR_MS) }, (hour) => hour >= 3],
  [{ before: new Date(START + 7 * HOUR_MS) }, (hour) => hour < 7],
  [
    {
      from: new Date(START + 2 * HOUR_MS),
      before: new Date(START + 9 * HOUR_MS),
      without: [{ from: new Date(START + 4 * HOUR_MS), before: new Date(START + 6 * HOUR_MS) }],
    },
    (hour) => (hour >= 2 && hour < 4) || (hour >= 6 && hour < 9),
  ],
];

/** All pages. */
async function pages(search: FeedbackSearch, filter: FeedbackFilter, options: PageOptions) {
  const ids: string[] = [];
  const first = await search.find(filter, options);
  let page = first;
  for (;;) {
    ids.push(...page.items.map(({ _id }) => _id));
    if (!page.next) return { ids, matches: first.matches };
    expect(page.items).toHaveLength(options.limit);
    page = await search.find(filter, { ...options, after: page.next });
  }
}

/** Facets in a form that can be compared. */
const valuesIn = (facets: ReturnType<typeof facetsOf>) =>
  [...facets]
    .flatMap(([facet, values]) =>
      values.map(({ value, count, clauses }) => `${facet} ${value} ${count}${facet === 'theme' ? ` ${clauses}` : ''}`),
    )
    .sort();

/** The same, counted from the feedback itself. */
function valuesOf(feedback: readonly FeedbackDocument[]): string[] {
  const counts = new Map<string, number>();
  const clauses = new Map<string, number>();
  const add = (all: Map<string, number>, name: string) => all.set(name, (all.get(name) ?? 0) + 1);
  for (const one of feedback) {
    const { kind, sentiment, mentions } = one.analysis;
    for (const facet of ['orgId', ...RATINGS, ...CHOICES, 'experiment', 'variant'] as const)
      if (one[facet] !== undefined) add(counts, `${facet} ${one[facet]}`);
    if (kind) add(counts, `kind ${kind}`);
    add(counts, `sentiment ${sentiment?.label ?? 'unscored'}`);
    for (const tag of one.tags ?? []) add(counts, `tag ${tag}`);
    for (const theme of new Set(mentions.map((mention) => mention.theme))) add(counts, `theme ${theme}`);
    for (const { theme } of mentions) add(clauses, `theme ${theme}`);
  }
  return [...counts].map(([name, count]) => [name, count, clauses.get(name) ?? ''].join(' ').trim()).sort();
}

const operation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ store: fc.array(made, { minLength: 1, maxLength: 30 }), acceptedAt: fc.nat(2_000) }),
  },
  { weight: 4, arbitrary: fc.record({ steps: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ remove: fc.nat(10) }) },
  { weight: 1, arbitrary: fc.record({ clean: fc.nat(10) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      filters: fc.uniqueArray(fc.nat(FILTERS.length - 1), { minLength: 1, maxLength: 2 }),
      time: fc.nat(TIMES.length - 1),
      order: fc.constantFrom('newest' as const, 'oldest' as const),
      limit: fc.integer({ min: 1, max: 9 }),
    }),
  },
);

describe('a search', () => {
  it('finds and counts what is stored, however much of it is in the index, and whatever changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 8, maxLength: 30 }), async (operations) => {
        await clear();
        const search = createFeedbackSearch(models);
        const update = createIndexUpdater(models, SIZES);
        const parts = createPartsWriter(models, {});
        const { store } = createBatchWriter(models);
        const all = () => models.feedback.find().lean<FeedbackDocument[]>();
        const idsOfEach = async (n: number) =>
          (await all()).filter((_, index) => index % 11 === n).map(({ _id }) => _id);
        for (const step of operations) {
          if ('store' in step) await store(step.store.map((one) => documentOf(one, step.acceptedAt)));
          else if ('steps' in step) for (let n = 0; n < step.steps; n++) await update();
          else if ('remove' in step) await removeFeedback(models, parts, await idsOfEach(step.remove));
          else if ('clean' in step) await removeTexts(models, await idsOfEach(step.clean), 1);
          else {
            const [created, isInTime] = TIMES[step.time]!;
            const filters = step.filters.map((index) => FILTERS[index]!);
            const filter = Object.assign(
              {},
              ...filters.map(([, one]) => one),
              created && { created },
            ) as FeedbackFilter;
            // Two filters on one field are the later one.
            const tests = filters.filter(([, one], index) =>
              filters.slice(index + 1).every(([, other]) => !Object.keys(one).some((name) => name in other)),
            );
            if (tests.length < filters.length) continue;
            const direction = step.order === 'newest' ? -1 : 1;
            const expected = (await all())
              .filter((one) => filters.every(([, , test]) => test(one)))
              .filter(({ createdAt }) => isInTime((createdAt.getTime() - START) / HOUR_MS))
              .sort((a, b) => direction * (a.createdAt.getTime() - b.createdAt.getTime() || (a._id < b._id ? -1 : 1)));
            const found = await pages(search, filter, step);
            expect([filters.map(([name]) => name), found.ids]).toEqual([
              filters.map(([name]) => name),
              expected.map(({ _id }) => _id),
            ]);
            expect(found.matches.count).toBe(expected.length);
            const facets = await search.countFacets(filter);
            expect([facets.count, valuesIn(facetsOf(facets))]).toEqual([expected.length, valuesOf(expected)]);
          }
        }
      }),
      { numRuns: Number(process.env.MODEL_RUNS ?? 12) },
    );
  }, 120_000);

  it.each([
    ['everyone', undefined],
    ['an org', 'org-1'],
  ])(
    'counts what each figure of %s counts',
    async (_, orgId) => {
      const feedback = Array.from({ length: 90 }, (_, n) =>
        documentOf({ n, hour: n % 13, org: n % 3, text: n % TEXTS.length, stars: n % 6 }),
      );
      await createBatchWriter(models).store(feedback);
      const update = createIndexUpdater(models, SIZES);
      while ((await update()).isWorking);
      expect(await models.searchBlocks.countDocuments({ isDirty: false, rows: { $gt: 1 } })).toBeGreaterThan(3);
      const search = createFeedbackSearch(models);
      const { delta } = await readTotals(models, orgId === undefined ? { level: 'all' } : { level: 'org', id: orgId });
      const figures = figuresOf(delta);
      const count = async (filter: FeedbackFilter, unit: 'count' | 'clauses' = 'count') =>
        (await search.find({ orgId, ...filter }, { order: 'newest', limit: 1 })).matches[unit];
      expect(await count({})).toBe(figures.count);
      for (const rating of RATINGS)
        for (const stars of [1, 2, 3, 4, 5])
          expect(await count({ ratings: { [rating]: { min: stars, max: stars } } })).toBe(
            figures.ratings[rating].distribution[stars - 1],
          );
      for (const question of CHOICES) {
        for (const [answer, n] of Object.entries(figures.choices[question])) {
          const isOther = ({ other }: FeedbackDocument) => other?.all?.includes(question) === true;
          // An answer is counted by name in every feedback or in none; here, some are marked at random.
          const marked = feedback.filter(
            (one) => one[question] === answer && isOther(one) && (orgId === undefined || one.orgId === orgId),
          ).length;
          expect(await count({ [question]: { exactly: answer } })).toBe(n + marked);
        }
        expect(await count({ otherAnswer: question })).toBe(figures.otherChoices[question] ?? 0);
      }
      for (const label of SENTIMENT_LABELS) expect(await count({ sentiment: label })).toBe(figures.sentiment[label]);
      expect(await count({ sentiment: 'unscored' })).toBe(figures.sentiment.unscored);
      for (const kind of KINDS) expect(await count({ kind })).toBe(figures.kinds[kind]);
      expect(figures.themes.length).toBeGreaterThan(2);
      for (const { theme, feedback: n, mentions, sentiment } of figures.themes) {
        expect(await count({ theme })).toBe(n);
        expect(await count({ theme }, 'clauses')).toBe(mentions);
        for (const label of SENTIMENT_LABELS)
          expect(await count({ theme, themeSentiment: label }, 'clauses')).toBe(sentiment[label]);
      }
    },
    60_000,
  );
});

it('a search through blocks of long texts reads some of them at a time', async () => {
  const texts = Array.from({ length: 80 }, (_, n) => ({
    ...documentOf({ n: 12 * n, hour: 1, org: 1, text: 2, stars: 0 }),
    improvements: 'slow word '.repeat(30),
  }));
  await createBatchWriter(models).store(texts);
  const update = createIndexUpdater(models, { ...SIZES, min: 1 });
  while ((await update()).isWorking);
  expect(await models.searchBlocks.countDocuments({ isFull: true, rows: 1 })).toBeGreaterThan(70);
  const find = jest.spyOn(models.searchParts.collection, 'find');
  const filter: FeedbackFilter = { tag: 'ios', words: parseQuery('"slow word"') };
  const { matches } = await createFeedbackSearch(models).find(filter, { order: 'newest', limit: 1 });
  expect(matches.count).toBe(80);
  const sizes = find.mock.calls.map(([wanted]) => (wanted as unknown as { _id: { $in: string[] } })._id.$in.length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(150);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(65);
});

describe('a search through feedback that is in no block', () => {
  const NEWEST: PageOptions = { order: 'newest', limit: 1 };
  const made = (count: number) =>
    Array.from({ length: count }, (_, n) => documentOf({ n, hour: n % 13, org: 0, text: 2, stars: 0 }));
  /** Each look at the clock takes some milliseconds. */
  function slowDown(ms: number): void {
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => {
      now += ms;
      return now;
    });
  }

  it('fails after 5 s, however many parts of the time are searched', async () => {
    const { store } = createBatchWriter(models);
    await store(made(60));
    const update = createIndexUpdater(models, SIZES);
    while ((await update()).isWorking);
    const blocks = await models.searchBlocks.find({ isDirty: false }).sort({ from: 1 });
    for (let index = 0; index < blocks.length; index += 2) await blocks[index]!.updateOne({ isDirty: true });
    const search = createFeedbackSearch(models);
    expect((await search.find({ words: parseQuery('absent') }, NEWEST)).items).toEqual([]);
    slowDown(200);
    await expect(search.find({ words: parseQuery('absent') }, NEWEST)).rejects.toMatchObject({ code: 50 });
  });

  it('lets other work go on', async () => {
    const text = 'word '.repeat(1_990);
    await models.feedback.collection.insertMany(
      made(60).map((document, n) => ({ ...document, _id: `f-${n}`, improvements: text })) as never[],
    );
    const search = createFeedbackSearch(models);
    let turn = 0;
    let isDone = false;
    const otherWork = (async () => {
      for (; !isDone; turn++) await setImmediate();
    })();
    // The scan looks at the clock for each text.
    const turns: number[] = [];
    jest.spyOn(performance, 'now').mockImplementation(() => {
      turns.push(turn);
      return 0;
    });
    await search.find({ words: parseQuery('absent') }, NEWEST);
    isDone = true;
    await otherWork;
    expect(turns.length).toBeGreaterThan(120);
    expect(new Set(turns).size).toBeGreaterThan(20);
  });

  it('has two counts in the background at most', async () => {
    await createBatchWriter(models).store(made(20));
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isPage = true;
    let waiting = 0;
    // Each page reads the state of the index first, and then each count in the background.
    const findOne = async (filter: object, options: object) => {
      if (!isPage) {
        waiting++;
        await released;
      }
      isPage = false;
      return models.internalState.collection.findOne(filter, options);
    };
    const search = createFeedbackSearch({ ...models, internalState: { collection: { findOne } } as never });
    slowDown(300);
    for (const q of ['calendar', 'pages', 'love', 'slow', 'the']) {
      isPage = true;
      expect((await search.find({ words: parseQuery(q) }, NEWEST)).matches).toEqual({ count: null });
    }
    expect(waiting).toBe(2);
    release();
  });

  it('is exact however many notes wait', async () => {
    const { store } = createBatchWriter(models);
    await store(made(30));
    const update = createIndexUpdater(models, SIZES);
    while ((await update()).isWorking);
    const spans = Buffer.from(new Float64Array([0, 0]).buffer);
    await models.searchNotes.collection.insertMany(Array.from({ length: 5_001 }, () => ({ spans })) as never[]);
    await store([documentOf({ n: 399, hour: 5, org: 0, text: 3, stars: 0 })]);
    const find = jest.spyOn(models.searchNotes.collection, 'find');
    const { matches } = await createFeedbackSearch(models).find({ words: parseQuery('"dark mode"') }, NEWEST);
    expect(matches.count).toBe(1);
    expect(find.mock.calls.map(([, options]) => options?.limit)).toEqual([5_001]);
    while ((await update()).isWorking);
    expect(await models.searchNotes.countDocuments()).toBe(0);
  });
});
