import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { checkTaxonomy } from '../../../src/analysis/taxonomy/checkTaxonomy.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { discoverySchema } from '../../../src/api/discovery/discoverySchemas.ts';
import { createAccessKey } from '../../../src/models/keys/keys.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

const MARKERS = 'The whiteboard markers in our room were dry again.';
const SECRET = 'Our secret merger plan is what I wrote about all along.';
const QUIET = 'My coach listened well and asked me the right question again.';
const HOSTILE = [
  `${'constructor '.repeat(300)}`,
  '__proto__ $where {"$gt":""} \u0000 \u202e <script>alert(1)</script>',
  'ann@example.org '.repeat(50),
  'toString.valueOf hasOwnProperty __proto__ constructor prototype',
];
const at = (day: number, n: number) => new Date(Date.UTC(2026, 0, 1 + day, 8, n)).toISOString();

/** 40 days of two orgs; acme's people speak of markers from day 30 on, rival's always of their secret. */
const FEEDBACK = Array.from({ length: 40 }, (_, day) => [
  ...Array.from({ length: 8 }, (_, n) => ({
    id: `acme-${day}-${n}`,
    orgId: 'acme',
    userId: `u-${n}`,
    overallRating: 2,
    improvements: day >= 30 && n < 4 ? MARKERS : QUIET,
    createdAt: at(day, n),
  })),
  ...Array.from({ length: 4 }, (_, n) => ({
    id: `rival-${day}-${n}`,
    orgId: 'rival',
    userId: `r-${n}`,
    improvements: SECRET,
    createdAt: at(day, n),
  })),
  // One person's habit is nobody's theme.
  {
    id: `habit-${day}`,
    orgId: 'acme',
    userId: 'u-0',
    improvements: 'Yours, Bartholomew Quimby',
    createdAt: at(day, 9),
  },
  ...HOSTILE.map((improvements, n) => ({
    id: `bad-${day}-${n}`,
    orgId: 'acme',
    improvements,
    createdAt: at(day, n),
  })),
]).flat();

let running: TestService;
let bound: string;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  // Sent twice: counted once.
  for (const part of [FEEDBACK.slice(0, 400), FEEDBACK.slice(300), FEEDBACK.slice(0, 200)])
    await running.call('POST', '/v1/feedback/batch', { body: { feedback: part } });
  await running.stored(FEEDBACK.length);
  bound = (await createAccessKey(running.models, { scope: 'read', orgId: 'acme' })).key;
  await running.service.refreshKeys();
  await until(async () => (await discovery('/v1/discovery')).complete, 'all phrases are counted');
});
afterAll(() => running.stop());

async function discovery(path: string, key?: string): Promise<z.infer<typeof discoverySchema>> {
  const { status, body } = await running.call('GET', path, key === undefined ? {} : { key });
  expect([path, status]).toEqual([path, 200]);
  return discoverySchema.parse(body);
}

describe('GET /v1/…/discovery', () => {
  it('finds a new phrase in all its forms, with sentiment, trend and quotes', async () => {
    const { period, groups } = await discovery('/v1/orgs/acme/discovery?from=2026-01-31&to=2026-02-09');
    expect(period).toMatchObject({ from: '2026-01-31', to: '2026-02-09' });
    const group = groups.find(({ phrase }) => phrase.includes('whiteboard'))!;
    const phrase = group.phrases.find((one) => one.phrase === 'whiteboard markers')!;
    expect(phrase).toMatchObject({ count: 40, atMost: 40, trend: { now: 40, before: 0, ratio: null } });
    expect(phrase.trend?.direction).toBe('emerging');
    expect(Object.values(phrase.sentiment).reduce((sum, n) => sum + n, 0)).toBe(40);
    expect(group.quotes.map(({ text }) => text)).toEqual([MARKERS.slice(0, -1)]);
  });

  it('proposes a theme that a taxonomy accepts, and that finds the same feedback', async () => {
    const { groups } = await discovery('/v1/orgs/acme/discovery');
    const { theme } = groups.find(({ phrase }) => phrase.includes('whiteboard'))!;
    const taxonomy = [...defaultTaxonomy, theme];
    expect(() => checkTaxonomy(taxonomy)).not.toThrow();
    const { mentions } = createAnalyzer({ taxonomy })(MARKERS);
    expect(mentions.map((mention) => mention.theme)).toContain(theme.id);
  });

  it('leaves out phrases of a single author, e-mail addresses and markup', async () => {
    const { groups } = await discovery('/v1/orgs/acme/discovery?from=2026-01-01&to=2026-02-09&limit=30');
    const said = groups.flatMap(({ phrases }) => phrases.map(({ phrase }) => phrase)).join(', ');
    expect(said).not.toMatch(/Quimby|ann@|proto__|script/i);
  });

  it('never shows a phrase of another org to a bound key', async () => {
    expect(JSON.stringify(await discovery('/v1/discovery'))).toMatch(/secret/);
    expect(JSON.stringify(await discovery('/v1/orgs/rival/discovery'))).toMatch(/secret/);
    const own = await discovery('/v1/discovery', bound);
    expect(JSON.stringify(own)).not.toMatch(/secret|merger/);
    expect(own.groups.length).toBeGreaterThan(0);
    expect(own).toEqual(await discovery('/v1/orgs/acme/discovery', bound));
    // Nor what is said elsewhere, by how much more it is said here.
    for (const { phrases } of own.groups) for (const { surprise } of phrases) expect(surprise.here).toBeNull();
    expect((await running.call('GET', '/v1/orgs/rival/discovery', { key: bound })).status).toBe(403);
  });

  it('names an invalid parameter, and has no groups without feedback', async () => {
    for (const [query, pointer] of [
      ['from=2026-02-02&to=2026-02-01', '/to'],
      ['from=2025-01-01&to=2026-02-01', '/from'],
      ['limit=31', '/limit'],
      ['orgId=acme', '/orgId'],
    ]) {
      const { status, body } = await running.call('GET', `/v1/discovery?${query}`);
      expect([status, body.errors?.[0]?.pointer]).toEqual([400, pointer]);
    }
    expect(await discovery('/v1/orgs/nobody/discovery')).toMatchObject({ period: null, groups: [] });
    expect((await discovery('/v1/discovery?from=2027-01-01')).groups).toEqual([]);
    expect((await discovery('/v1/discovery?from=1970-01-01&to=1970-01-02')).groups).toEqual([]);
  });
});
