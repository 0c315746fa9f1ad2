import type { Models } from '../database.ts';

/** Max feedback that is read, and max milliseconds that MongoDB may spend. */
const LIMITS = { searched: 1_000, timeoutMs: 10_000 };

/** How much of an org's latest feedback each user gave, by user; feedback without a user is left out. */
export async function readPeople(models: Models, orgId: string, limits = LIMITS): Promise<Map<string, number>> {
  const found = await models.feedback.aggregate<{ _id: string; count: number }>(
    [
      { $match: { orgId } },
      { $sort: { createdAt: -1, _id: -1 } },
      { $limit: limits.searched },
      { $match: { userId: { $exists: true } } },
      { $group: { _id: '$userId', count: { $sum: 1 } } },
    ],
    { maxTimeMS: limits.timeoutMs, hint: { orgId: 1, createdAt: 1, _id: 1 } },
  );
  return new Map(found.map(({ _id, count }) => [_id, count]));
}
