import type { AggregateDelta } from '../../aggregates/contribution.ts';
import type { Models } from '../database.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';

/** Kinds of aggregates that may count feedback after its removal: those that are not about one user or session. */
export const RETAINED_KINDS = ['all', 'all-day', 'org', 'org-day', 'variant'] as const;

/** First and last time of the removed feedback that an aggregate still counts; null without any. */
export async function retainedSpan(
  models: Pick<Models, 'retainedAggregates'>,
  path: string,
  session: Transaction,
): Promise<Pick<AggregateDelta, 'firstAt' | 'lastAt'>> {
  const [span] = await models.retainedAggregates
    .aggregate<Pick<AggregateDelta, 'firstAt' | 'lastAt'>>([
      { $match: { _id: { $gte: `${path} `, $lt: `${path}!` } } },
      { $group: { _id: null, firstAt: { $min: '$firstAt' }, lastAt: { $max: '$lastAt' } } },
    ])
    .session(session);
  return { firstAt: span?.firstAt ?? null, lastAt: span?.lastAt ?? null };
}
