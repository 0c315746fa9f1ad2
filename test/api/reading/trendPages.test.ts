import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { periodStart } from '../../../src/aggregates/periods.ts';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { trendSchema } from '../../../src/api/reading/readingSchemas.ts';
import { toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

let running: TestService;

beforeAll(async () => {
  running = await startTestService(isolatedStores());
  // 2,400 days, with feedback on every 100th.
  const feedback = Array.from({ length: 25 }, (_, n) => ({
    orgId: 'acme',
    userId: 'u-1',
    overallRating: 1 + (n % 5),
    createdAt: Date.UTC(2020, 0, 1 + 100 * n, 12),
  }));
  await running.call('POST', '/v1/feedback/batch', { body: { feedback } });
  await running.stored(25);
}, 60_000);
afterAll(() => running.stop());

interface Page {
  periods: { from: string; to: string; count: number }[];
  nextCursor: string | null;
}

/** All pages of a trend, the latest first. */
async function pagesOf(path: string): Promise<Page[]> {
  const pages: Page[] = [];
  let cursor = '';
  do {
    const { status, body } = await running.call('GET', `${path}${cursor}`);
    expect([path, status, trendSchema.safeParse(body).error]).toEqual([path, 200, undefined]);
    pages.push(body);
    cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '');
  return pages;
}

const inOrder = (pages: Page[]) => pages.toReversed().flatMap(({ periods }) => periods);
const dayAfter = (day: string) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

describe('a trend of more than 1,000 periods', () => {
  it.each(['/v1/trend?', '/v1/orgs/acme/trend?', '/v1/users/u-1/trend?'])(
    'is marked, and goes on with earlier days: %s',
    async (path) => {
      const pages = await pagesOf(path);
      expect(pages.map(({ periods }) => periods.length)).toEqual([1_000, 1_000, 401]);
      const periods = inOrder(pages);
      expect([periods[0]?.from, periods.at(-1)?.to]).toEqual(['2020-01-01', '2026-07-28']);
      for (const [n, { from }] of periods.entries()) if (n > 0) expect(from).toBe(dayAfter(periods[n - 1]!.to));
      expect(periods.reduce((sum, { count }) => sum + count, 0)).toBe(25);
    },
  );

  it('is answered in the same pages with a start, which may be long before the first feedback', async () => {
    const pages = await pagesOf('/v1/trend?from=2019-01-01&to=2022-12-31');
    expect(pages.map(({ periods }) => periods.length)).toEqual([1_000, 461]);
    expect(inOrder(pages)[0]).toMatchObject({ from: '2019-01-01', count: 0 });
    expect(inOrder(pages).reduce((sum, { count }) => sum + count, 0)).toBe(11);
  });

  it('has smaller pages with a limit', async () => {
    const pages = await pagesOf('/v1/trend?interval=month&limit=30');
    expect(pages.map(({ periods }) => periods.length)).toEqual([30, 30, 19]);
    expect(inOrder(pages).reduce((sum, { count }) => sum + count, 0)).toBe(25);
  });

  it.each(['week', 'month'])('is cut between %ss only', async (interval) => {
    const pages = await pagesOf(`/v1/trend?from=1850-03-10&interval=${interval}`);
    expect(pages.length).toBeGreaterThan(1);
    const periods = inOrder(pages);
    for (const [n, { from }] of periods.entries()) if (n > 0) expect(from).toBe(dayAfter(periods[n - 1]!.to));
    expect(periods[0]!.from <= '1850-03-10' && '1850-03-10' <= periods[0]!.to).toBe(true);
    expect(periods.reduce((sum, { count }) => sum + count, 0)).toBe(25);
  });

  it('has a cursor that fits no other range or interval', async () => {
    const { nextCursor } = (await running.call('GET', '/v1/trend')).body;
    for (const query of ['interval=week', 'from=2025-01-01', 'to=2021-01-01', 'from=2025-01-01&to=2025-02-01']) {
      const { status, body } = await running.call('GET', `/v1/trend?${query}&cursor=${nextCursor}`);
      expect([query, status, body.errors?.[0].pointer]).toEqual([query, 400, '/cursor']);
    }
  });
});

it('has no mark with up to 1,000 periods', async () => {
  for (const [query, periods] of [
    ['from=2024-01-01&to=2026-09-26', 1_000],
    ['from=2030-01-01', 0],
    ['interval=month', 79],
  ] as const) {
    const { body } = await running.call('GET', `/v1/trend?${query}`);
    expect([query, body.periods.length, body.nextCursor]).toEqual([query, periods, null]);
  }
  const { body } = await running.call('GET', '/v1/orgs/nobody/trend');
  expect(body).toEqual({ interval: 'day', timeZone: 'UTC', periods: [], nextCursor: null });
});

it('lists all versions of a taxonomy by pages', async () => {
  const themes = [{ id: 'wool', label: 'Wool', description: 'All of wool.', terms: 'wool' }];
  for (let version = 0; version < 5; version++)
    expect(
      (await running.call('PUT', '/v1/taxonomy?orgId=acme', { key: KEYS.admin, body: { version, themes } })).status,
    ).toBe(200);
  const seen: number[] = [];
  let cursor = '';
  do {
    const { body } = await running.call('GET', `/v1/taxonomy/versions?orgId=acme&limit=2${cursor}`);
    seen.push(...body.versions.map(({ version }: { version: number }) => version));
    cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '');
  expect(seen).toEqual([5, 4, 3, 2, 1]);
});

describe('a trend of a user with thousands of feedback', () => {
  const DAY_MS = 86_400_000;
  const counts = Array.from({ length: 59 }, (_, day) => (day === 20 ? 1_300 : day % 7 === 3 ? 0 : 10 + day));

  beforeAll(async () => {
    const writer = createBatchWriter(running.models);
    const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
    const documents = counts.flatMap((count, day) =>
      Array.from({ length: count }, (_, n) => {
        const createdAt = Date.UTC(2026, 0, 1 + day) + Math.floor((n / count) * DAY_MS);
        const feedback = { id: `h-${day}-${n}`, orgId: n % 2 ? 'acme' : 'other', userId: 'heavy', overallRating: 5 };
        return toDocument({ ...feedback, createdAt, acceptedAt: createdAt }, analyze(undefined));
      }),
    );
    for (let from = 0; from < documents.length; from += 1_000) await writer.store(documents.slice(from, from + 1_000));
  }, 60_000);

  it.each(['day', 'week', 'month'])('has pages of a bounded number of feedback, cut between %ss', async (interval) => {
    const pages = await pagesOf(`/v1/users/heavy/trend?interval=${interval}`);
    const periods = inOrder(pages);
    for (const [n, { from }] of periods.entries()) if (n > 0) expect(from).toBe(dayAfter(periods[n - 1]!.to));
    const expected = new Map<string, number>();
    for (const [day, count] of counts.entries()) {
      const start = periodStart(new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10), interval as 'day');
      expected.set(start, (expected.get(start) ?? 0) + count);
    }
    expect(periods.map(({ from, count }) => [from, count])).toEqual([...expected]);
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) {
      const counted = page.periods.map(({ count }) => count);
      const total = counted.reduce((sum, count) => sum + count, 0);
      expect(total <= 1_000 || counted.filter((count) => count > 0).length === 1).toBe(true);
    }
  });

  it.each([
    ['day', 20, 20],
    ['day', 18, 24],
    ['week', 20, 24],
    ['week', 20, 40],
    ['month', 4, 30],
    ['month', 10, 58],
  ])('counts by %s nothing outside of a range, of the days %d to %d', async (interval, first, last) => {
    const dayAt = (day: number) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
    const path = `/v1/users/heavy/trend?interval=${interval}&from=${dayAt(first)}&to=${dayAt(last)}`;
    const periods = inOrder(await pagesOf(path));
    const expected = new Map<string, number>();
    for (let day = first; day <= last; day++) {
      const start = periodStart(dayAt(day), interval as 'day');
      expected.set(start, (expected.get(start) ?? 0) + counts[day]!);
    }
    expect(periods.map(({ from, count }) => [from, count])).toEqual([...expected]);
  });

  it('is the same in one org, and in a range', async () => {
    const pages = await pagesOf('/v1/users/heavy/trend?orgId=acme&from=2026-01-05&to=2026-02-25');
    const sum = inOrder(pages).reduce((total, { count }) => total + count, 0);
    const inRange = counts.slice(4, 56).reduce((total, count) => total + Math.floor(count / 2), 0);
    expect(sum).toBe(inRange);
    expect([inOrder(pages)[0]!.from, inOrder(pages).at(-1)!.to]).toEqual(['2026-01-05', '2026-02-25']);
  });
});
