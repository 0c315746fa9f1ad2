import type { AggregateKey } from '../aggregates/aggregateKey.ts';
import type { Models } from './database.ts';
import type { Session } from './inTransaction.ts';

/**
 * Sets the first and last time of aggregates anew from the feedback itself. Counts can be taken back, but the earliest
 * of several times cannot. See `takeBack`, which says for which aggregates.
 */
export async function refreshSpans(models: Models, keys: AggregateKey[], session: Session): Promise<void> {
  for (const key of keys) {
    const createdAtOf = async (direction: 1 | -1) => {
      const found = await models.feedback
        .findOne(feedbackIn(key), { createdAt: 1 }, { session })
        .sort({ createdAt: direction })
        .lean<{ createdAt: Date }>();
      return found?.createdAt ?? null;
    };
    const [firstAt, lastAt] = [await createdAtOf(1), await createdAtOf(-1)];
    // Where nothing is left there is no first: MongoDB holds null to be earlier than any time, so it would stay for ever.
    await models.aggregates.collection.updateMany(
      { _id: { $gte: `${key.path} `, $lt: `${key.path}!` } as never },
      {
        $inc: { refreshed: 1 },
        ...(firstAt && lastAt ? { $set: { firstAt, lastAt } } : { $unset: { firstAt: '', lastAt: '' } }),
      },
      { session },
    );
  }
}

/** Matches the feedback that counts in an aggregate. */
export function feedbackIn(key: AggregateKey): Record<string, unknown> {
  const { kind, orgId, id, experiment, day } = key;
  const inOrg = { orgId: orgId ?? { $exists: false } };
  switch (kind) {
    case 'all':
      return {};
    case 'org':
      return inOrg;
    case 'all-day':
    case 'org-day': {
      const start = new Date(day ?? '');
      const createdAt = { $gte: start, $lt: new Date(start.getTime() + 86_400_000) };
      return kind === 'all-day' ? { createdAt } : { ...inOrg, createdAt };
    }
    case 'user':
      return { userId: id, ...inOrg };
    case 'session':
      return { sessionId: id, ...inOrg };
    case 'variant':
      return { experiment, variant: id, ...inOrg };
  }
}
