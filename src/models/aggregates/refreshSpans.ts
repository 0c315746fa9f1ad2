import type { AggregateKey } from '../../aggregates/aggregateKey.ts';
import type { Models } from '../database.ts';
import { type Update, updateAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { onDays } from '../mongodb/timeRange.ts';
import { retainedSpan } from '../retention/retainTotals.ts';
import { addTotals } from './readTotals.ts';

/** An aggregate that may have lost its first feedback, its last, or both. */
export interface LostBounds {
  key: AggregateKey;
  first: boolean;
  last: boolean;
}

/**
 * Sets the first and last time of aggregates again, from the stored feedback and from retained totals. A count can be
 * subtracted; the minimum of several times cannot. None of the aggregates' parts may be paired; see `subtract.ts`.
 */
export async function refreshSpans(
  models: Models,
  lost: readonly LostBounds[],
  transaction: Transaction,
): Promise<void> {
  const updates: Update[] = [];
  for (const { key, first, last } of lost) {
    const createdAtOf = async (direction: 1 | -1) => {
      const found = await models.feedback
        .findOne(feedbackIn(key), { createdAt: 1 }, { session: transaction })
        .sort({ createdAt: direction })
        .lean<{ createdAt: Date }>();
      return found?.createdAt ?? null;
    };
    const retained = await retainedSpan(models, key.path, transaction);
    const ofStored = {
      delta: new Map(),
      firstAt: first ? await createdAtOf(1) : null,
      lastAt: last ? await createdAtOf(-1) : null,
    };
    const ofRetained = {
      delta: new Map(),
      firstAt: first ? retained.firstAt : null,
      lastAt: last ? retained.lastAt : null,
    };
    const { firstAt, lastAt } = addTotals([ofStored, ofRetained]);
    updates.push({
      q: { _id: { $gte: `${key.path} `, $lt: `${key.path}!` } },
      u: { $inc: { changed: 1 }, $set: { ...(firstAt && { firstAt }), ...(lastAt && { lastAt }) } },
      multi: true,
      upsert: false,
    });
  }
  if (updates.length > 0) await updateAll(models.aggregates, updates, transaction);
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
      return { createdAt: onDays({ from: day, to: day }) };
    case 'org-day':
      return { ...inOrg, createdAt: onDays({ from: day, to: day }) };
    case 'user':
      return { userId: id, ...inOrg };
    case 'session':
      return { sessionId: id, ...inOrg };
    case 'variant':
      return { experiment, variant: id, ...inOrg };
  }
}
