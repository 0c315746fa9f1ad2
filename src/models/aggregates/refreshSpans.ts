import type { AggregateKey } from '../../aggregates/aggregateKey.ts';
import { extendSpan } from '../../aggregates/contribution.ts';
import type { Models } from '../database.ts';
import { LOCAL_DAYS_INDEX } from '../feedback/feedbackDocument.ts';
import { type Update, updateAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { onDays } from '../mongodb/timeRange.ts';
import type { Totals } from './readTotals.ts';

/** An aggregate that may have lost its first feedback, its last, or both. */
export interface LostBounds {
  key: AggregateKey;
  first: boolean;
  last: boolean;
}

/**
 * Sets the first and last time of aggregates again, from the stored feedback and from retained totals. A count can be
 * subtracted; the minimum of several times cannot. None of the aggregates' parts may be paired; see `prepareSubtraction.ts`.
 */
export async function refreshSpans(
  models: Models,
  lost: readonly LostBounds[],
  transaction: Transaction,
): Promise<void> {
  const updates: Update[] = [];
  for (const { key, first, last } of lost) {
    const hint = key.kind === 'org-zone-day' && { hint: LOCAL_DAYS_INDEX };
    const createdAtOf = async (direction: 1 | -1) => {
      const found = await models.feedback
        .findOne(feedbackIn(key), { createdAt: 1 }, { session: transaction, ...hint })
        .sort({ createdAt: direction })
        .lean<{ createdAt: Date }>();
      return found?.createdAt ?? null;
    };
    const retained = await retainedSpan(models, key.path, transaction);
    const span = { firstAt: first ? await createdAtOf(1) : null, lastAt: last ? await createdAtOf(-1) : null };
    extendSpan(span, first ? retained.firstAt : null, last ? retained.lastAt : null);
    const { firstAt, lastAt } = span;
    updates.push({
      q: { _id: { $gte: `${key.path} `, $lt: `${key.path}!` } },
      u: { $inc: { changed: 1 }, $set: { ...(firstAt && { firstAt }), ...(lastAt && { lastAt }) } },
      multi: true,
      upsert: false,
    });
  }
  if (updates.length > 0) await updateAll(models.aggregates, updates, transaction);
}

/** First and last time of the removed feedback that an aggregate still counts; null without any. */
async function retainedSpan(
  { retainedAggregates }: Models,
  path: string,
  transaction: Transaction,
): Promise<Pick<Totals, 'firstAt' | 'lastAt'>> {
  const [span] = await retainedAggregates
    .aggregate<Pick<Totals, 'firstAt' | 'lastAt'>>([
      { $match: { _id: { $gte: `${path} `, $lt: `${path}!` } } },
      { $group: { _id: null, firstAt: { $min: '$firstAt' }, lastAt: { $max: '$lastAt' } } },
    ])
    .session(transaction);
  return span ?? { firstAt: null, lastAt: null };
}

/** Matches the feedback that counts in an aggregate. */
function feedbackIn(key: AggregateKey): Record<string, unknown> {
  const { kind, path, orgId, id, experiment, day } = key;
  const inOrg = { orgId: orgId ?? { $exists: false } };
  const onDay = { createdAt: onDays({ from: day, to: day }) };
  switch (kind) {
    case 'all':
      return {};
    case 'org':
      return inOrg;
    case 'all-day':
      return onDay;
    case 'org-day':
      return { ...inOrg, ...onDay };
    case 'org-zone-day':
      return { ...inOrg, localDays: path.slice(path.indexOf(' ', 'org-zone-day '.length) + 1) };
    case 'user':
      return { userId: id, ...inOrg };
    case 'session':
      return { sessionId: id, ...inOrg };
    case 'variant':
      return { experiment, variant: id, ...inOrg };
  }
}
