import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { discoverySchema } from '../../../src/api/discovery/discoverySchemas.ts';
import type { TestService } from '../../support/service.ts';
import { until } from '../../support/until.ts';
import { day, startServiceWithDemo } from './serviceWithDemo.ts';

type Discovery = z.infer<typeof discoverySchema>;

let running: TestService;
beforeAll(async () => {
  running = await startServiceWithDemo();
  await until(async () => (await discovery('/v1/discovery?limit=1')).complete, 'all phrases are counted', 100_000);
}, 120_000);
afterAll(() => running.stop());

async function discovery(path: string): Promise<Discovery> {
  const { status, body } = await running.call('GET', path);
  expect([path, status]).toEqual([path, 200]);
  return discoverySchema.parse(body);
}
const raw = (phrase: RegExp, from: string, to: string, orgId?: string) =>
  running.models.feedback.countDocuments({
    ...(orgId !== undefined && { orgId }),
    improvements: phrase,
    createdAt: { $gte: new Date(from), $lt: new Date(Date.parse(to) + 86_400_000) },
    'analysis.language': 'en',
  });

describe('story 1, the migration that has no theme', () => {
  it('is the first phrase found, for everyone and for the org', async () => {
    const [from, to] = [day(61), day(90)];
    for (const org of [undefined, 'org-tidewell']) {
      const path = org === undefined ? '/v1/discovery' : `/v1/orgs/${org}/discovery`;
      const { period, groups } = await discovery(`${path}?from=${from}&to=${to}`);
      expect(period).toMatchObject({ from, to });
      const [group] = groups;
      const migration = group!.phrases.find(({ phrase }) => phrase === 'migration')!;
      expect(migration.trend?.direction).toBe('emerging');
      expect(migration.atMost).toBe(migration.count);
      expect(migration.sentiment.negative).toBeGreaterThan(5 * migration.sentiment.positive);
      if (org !== undefined) expect(migration.surprise.here).toBeGreaterThan(100);
      // Equals a search through all texts, except for mentions inside of web addresses.
      const found = await raw(/\bmigrat(ion|ions|e|ed|ing)\b/i, from, to, org);
      expect(migration.count).toBeGreaterThan(0.9 * found);
      expect(migration.count).toBeLessThanOrEqual(found);
      expect(group!.quotes.length).toBeGreaterThan(0);
      for (const { id, start, end, text } of group!.quotes) {
        const { body } = await running.call('GET', `/v1/feedback/${id}`);
        expect(body.improvements.slice(start, end)).toBe(text);
      }
    }
  });

  it('is not found before it happened', async () => {
    const { groups } = await discovery(`/v1/orgs/org-tidewell/discovery?from=${day(31)}&to=${day(60)}&limit=30`);
    expect(groups.filter(({ phrases }) => phrases.some(({ phrase }) => /migrat/.test(phrase)))).toEqual([]);
  });
});

describe('wishes without a theme', () => {
  it('are found as phrases that a theme can be made of', async () => {
    const { groups } = await discovery(`/v1/discovery?from=${day(1)}&to=${day(90)}&limit=30`);
    const named = groups.map(({ phrase }) => phrase).join(', ');
    expect(named).toMatch(/action items/);
    const group = groups.find(({ phrase }) => /action items/.test(phrase))!;
    expect(group.theme.terms).toMatch(/action item/);
    expect(group.theme.id).toMatch(/^action-item/);
    // The count equals a search through the texts.
    const phrase = group.phrases.find((one) => one.phrase === 'action items')!;
    const found = await raw(/\baction items?\b/i, day(1), day(90));
    expect(phrase.count).toBeLessThanOrEqual(found);
    expect(phrase.atMost).toBeGreaterThan(0.9 * found);
  });
});

it('keeps every phrase sketch under 200 KB', async () => {
  const [largest] = await running.models.phraseSketches.aggregate([
    { $project: { size: { $bsonSize: '$$ROOT' } } },
    { $sort: { size: -1 } },
    { $limit: 1 },
  ]);
  expect(largest.size).toBeLessThan(200_000);
});
