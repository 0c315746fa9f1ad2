import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestService, type TestService } from '../support/service.ts';
import { isolatedStores } from '../support/stores.ts';

let running: TestService;
const get = async (path: string) => (await running.call('GET', path)).body;
const raw = (pipeline: object[]) => running.models.feedback.collection.aggregate(pipeline).toArray();

beforeAll(async () => {
  running = await startTestService(isolatedStores());
  const willing = ['Yes', 'Yes, at $10', 'No', 'Not yesterday'];
  const feedback = Array.from({ length: 300 }, (_, n) => ({
    orgId: `org-${n % 4}`,
    ...(n % 5 > 0 && { userId: `u-${n % 13}` }),
    sessionId: `s-${n % 37}`,
    ...(n % 3 > 0 && { overallRating: 1 + ((n * 7) % 5) }),
    ...(n % 2 > 0 && { uxRating: 1 + ((n * 3) % 5) }),
    growMethodRating: 1 + (n % 5),
    willingToPay: willing[(n * 11) % 4],
    createdAt: Date.UTC(2026, 8, 1) + ((n * 7919) % 60) * 86_400_000,
  }));
  await running.call('POST', '/v1/feedback/batch', { body: { feedback } });
  await running.stored(300);
});
afterAll(() => running.stop());

describe('the queries of the source document', () => {
  it('all feedback of a session', async () => {
    const { items } = await get('/v1/feedback?sessionId=s-7&limit=200');
    const rows = await raw([{ $match: { sessionId: 's-7' } }]);
    expect(rows.length).toBeGreaterThan(5);
    expect(items.map(({ id }: { id: string }) => id).sort()).toEqual(rows.map(({ _id }) => _id).sort());
  });

  it('average ratings per session', async () => {
    const { items } = await get('/v1/sessions?limit=200');
    const rows = await raw([
      {
        $group: {
          _id: '$sessionId',
          overallRating: { $avg: '$overallRating' },
          uxRating: { $avg: '$uxRating' },
          growMethodRating: { $avg: '$growMethodRating' },
        },
      },
    ]);
    expect(items).toHaveLength(37);
    for (const { _id, ...means } of rows) {
      const { ratings } = items.find(({ sessionId }: { sessionId: string }) => sessionId === _id);
      for (const [rating, mean] of Object.entries(means)) expect(ratings[rating].mean).toBe(mean);
    }
  });

  it("a user's satisfaction over time", async () => {
    const { items } = await get('/v1/feedback?userId=u-3&order=oldest&limit=200');
    const rows = await raw([{ $match: { userId: 'u-3' } }, { $sort: { createdAt: 1, _id: 1 } }]);
    expect(
      items.map((item: { createdAt: string; overallRating?: number }) => [
        item.createdAt,
        item.overallRating,
      ]),
    ).toEqual(rows.map(({ createdAt, overallRating }) => [createdAt.toISOString(), overallRating]));
  });

  it('users willing to pay', async () => {
    const { items } = await get('/v1/users?willingToPay=yes&limit=200');
    const rows = await raw([
      { $match: { userId: { $exists: true }, willingToPay: /Yes/ } },
      { $group: { _id: '$userId' } },
    ]);
    expect(rows.length).toBeGreaterThan(0);
    expect(items.map(({ userId }: { userId: string }) => userId).sort()).toEqual(
      rows.map(({ _id }) => _id).sort(),
    );
  });

  it('average satisfaction by organization, best first', async () => {
    const { items } = await get('/v1/orgs?rank=overallRating');
    const rows = await raw([
      { $group: { _id: '$orgId', mean: { $avg: '$overallRating' } } },
      { $sort: { mean: -1, _id: 1 } },
    ]);
    expect(
      items.map((item: { orgId: string; ratings: { overallRating: { mean: number } } }) => [
        item.orgId,
        item.ratings.overallRating.mean,
      ]),
    ).toEqual(rows.map(({ _id, mean }) => [_id, mean]));
  });

  it('count and average UX of one organization', async () => {
    const { count, ratings } = await get('/v1/orgs/org-2/summary');
    const [row] = await raw([
      { $match: { orgId: 'org-2' } },
      { $group: { _id: null, count: { $sum: 1 }, ux: { $avg: '$uxRating' } } },
    ]);
    expect({ count, ux: ratings.uxRating.mean }).toEqual({ count: row?.count, ux: row?.ux });
  });
});
