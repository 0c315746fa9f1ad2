import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { facetsSchema } from '../../../src/api/reading/readingSchemas.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

let running: TestService;
let acme: string;

beforeAll(async () => {
  running = await startTestService(isolatedStores());
  acme = (await createAccessKey(running.models, { scope: 'admin', orgId: 'acme' })).key;
  await running.service.refreshKeys();
  const texts = ['Das Café ist zu langsam.', 'The calendar sync is slow.', 'Why is the calendar so slow?', 'I love it'];
  // More than the index leaves to scans.
  const feedback = Array.from({ length: 400 }, (_, n) => ({
    id: `w-${n}`,
    orgId: n % 2 ? 'acme' : 'globex',
    overallRating: 1 + (n % 5),
    improvements: texts[n % 4],
    createdAt: Date.UTC(2026, 2, 1) + n * 1000,
  }));
  const sent = await running.call('POST', '/v1/feedback/batch', { body: { feedback } });
  expect(sent.status).toBe(202);
  await running.stored(400);
}, 60_000);
afterAll(() => running.stop());

const list = async (query: string, key: string = KEYS.admin) => {
  const { status, body } = await running.call('GET', `/v1/feedback?limit=2&${query}`, { key });
  expect([query, status, body.errors]).toEqual([query, 200, undefined]);
  return body;
};

it('words find texts, show where they are, and are counted', async () => {
  const { items, matches, nextCursor } = await list('q=slow cal');
  expect(items.map(({ id }: { id: string }) => id)).toEqual(['w-398', 'w-397']);
  expect(matches).toEqual({ count: 200 });
  const found = items.map(
    ({ improvements: text, highlights }: { improvements: string; highlights: { start: number; end: number }[] }) =>
      highlights.map(({ start, end }) => text.slice(start, end)),
  );
  expect(found).toEqual([
    ['calendar', 'slow'],
    ['calendar', 'slow'],
  ]);
  const next = await list(`q=slow cal&cursor=${nextCursor}`);
  expect(next.items.map(({ id }: { id: string }) => id)).toEqual(['w-394', 'w-393']);
  expect(next.matches.count).toBe(200);
});

it('words, accents and filters go together, and an org sees its own', async () => {
  expect((await list('q=CAFE')).matches.count).toBe(100);
  expect((await list('q="calendar sync"')).matches.count).toBe(100);
  expect((await list('q="calendar sync"&overallRating=1-2')).matches.count).toBe(40);
  expect((await list('q=calendar', acme)).matches.count).toBe(100);
  expect((await list('q=langsam', acme)).items).toEqual([]);
  const { body } = await running.call('GET', '/v1/orgs/globex/summary', { key: KEYS.admin });
  expect(body.kinds.problem).toBeGreaterThan(50);
  expect((await list('kind=problem&orgId=globex')).matches.count).toBe(body.kinds.problem);
  expect((await list('tag=absent')).matches.count).toBe(0);
});

it('a theme counts feedback and clauses', async () => {
  const { body } = await running.call('GET', '/v1/summary', { key: KEYS.admin });
  const { theme, feedback, mentions, sentiment } = body.themes[0];
  expect((await list(`theme=${theme}`)).matches).toMatchObject({ count: feedback, clauses: mentions });
  expect((await list(`theme=${theme}&themeSentiment=negative`)).matches.clauses).toBe(sentiment.negative);
});

it.each([
  ['q=%20', '/q'],
  ['q=...', '/q'],
  [`q=${'a'.repeat(101)}`, '/q'],
  ['themeSentiment=negative', '/themeSentiment'],
  ['kind=nonsense', '/kind'],
  ['otherAnswer=tags', '/otherAnswer'],
])('refuses %s', async (query, pointer) => {
  const { status, body } = await running.call('GET', `/v1/feedback?${query}`, { key: KEYS.admin });
  expect([status, body.errors?.[0]?.pointer]).toEqual([400, pointer]);
});

it('facets count each value as the list does with it as a filter', async () => {
  const facets = async (query: string, key: string = KEYS.admin) => {
    const { status, body } = await running.call('GET', `/v1/facets?${query}`, { key });
    expect([query, status, facetsSchema.safeParse(body).error]).toEqual([query, 200, undefined]);
    return body;
  };
  for (const filters of ['', 'q=slow', 'orgId=globex&overallRating=1-3']) {
    const { count, facets: found } = await facets(filters);
    expect((await list(filters)).matches.count).toBe(count);
    for (const [name, { values }] of Object.entries<{ values: { value: string; count: number; clauses?: number }[] }>(
      found,
    ))
      for (const { value, count, clauses } of values) {
        // A filter that is there already is replaced by the value.
        const query = new URLSearchParams(filters);
        query.set(name, value);
        const { matches } = await list(String(query));
        expect([filters, name, value, matches]).toEqual([filters, name, value, { count, ...(clauses && { clauses }) }]);
      }
  }
  const { facets: all } = await facets('limit=1');
  expect(all.overallRating).toEqual({ distinct: 5, values: [{ value: '1', count: 80 }] });
  // A reader of one org sees no other.
  const own = await facets('', acme);
  expect([own.count, own.facets.orgId]).toEqual([200, undefined]);
});
