import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sumContributions } from '../../../src/aggregates/contribution.ts';
import { readTotals } from '../../../src/models/aggregates/readTotals.ts';
import type { FeedbackDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { openSandbox, type Sandbox } from '../../../tools/bench/support/bench.ts';
import { type ReadingStock, storeForReading } from '../../../tools/bench/support/readingStock.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

const COUNT = 3_000;
let sandbox: Sandbox;
let stock: ReadingStock;
let stored: FeedbackDocument[];
beforeAll(async () => {
  sandbox = await openSandbox(isolatedStores());
  stock = await storeForReading(sandbox, COUNT);
  stored = await sandbox.models.feedback.find().lean<FeedbackDocument[]>();
});
afterAll(() => sandbox.remove());

describe('the stock of the bench', () => {
  it('has as much feedback as is asked for, of the promised users, sessions, orgs and days', () => {
    expect(stored).toHaveLength(COUNT);
    const distinct = (field: 'userId' | 'sessionId' | 'orgId') => new Set(stored.map((one) => one[field])).size;
    expect(distinct('userId')).toBeGreaterThan(0.8 * 0.15 * COUNT);
    expect(distinct('sessionId')).toBeGreaterThan(0.35 * COUNT);
    expect(distinct('orgId')).toBeGreaterThan(100);
    const largest = stored.filter(({ orgId }) => orgId === 'org-0').length;
    expect(largest / COUNT).toBeGreaterThan(0.05);
    const times = stored.map(({ createdAt }) => createdAt.getTime());
    expect((Math.max(...times) - Math.min(...times)) / 86_400_000).toBeCloseTo(180, 0);
    expect(stored.filter(({ tags }) => tags?.includes(stock.rareTag))).toHaveLength(20);
  });

  it('is counted as the service would count it', async () => {
    const expected = sumContributions(stored);
    const { userId = '', orgId = '' } = stored[0]!;
    for (const [path, subject] of [
      ['all', { level: 'all' }],
      ['org org-0', { level: 'org', id: 'org-0' }],
      [`user ${userId} ${orgId}`, { level: 'user', id: userId, orgId }],
    ] as const) {
      const { delta, firstAt, lastAt } = await readTotals(sandbox.models, subject);
      const sum = expected.get(path);
      expect([path, new Map([...delta].sort()), firstAt, lastAt]).toEqual([
        path,
        new Map([...(sum?.delta ?? [])].sort()),
        sum?.firstAt,
        sum?.lastAt,
      ]);
    }
    const parts = await sandbox.models.aggregates.find({ kind: 'org-day' }).lean();
    expect(new Set(parts.map(({ _id }) => _id.slice(0, _id.lastIndexOf(' ')))).size).toBe(parts.length);
  });

  it('has phrases for discovery', async () => {
    expect(await sandbox.models.phraseSketches.countDocuments({ _id: /^all / })).toBeGreaterThan(150);
    expect(await sandbox.models.pendingTexts.countDocuments()).toBe(0);
  });
});
