import type { AggregateKey } from '../../aggregates/aggregateKey.ts';
import type { Models } from '../database.ts';
import { type Update, updateAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { addTotals } from './readTotals.ts';
import { retainedSpan } from './retainedSpan.ts';

/** An aggregate that may have lost its first feedback, its last, or both. */
export interface LostBounds {
  key: AggregateKey;
  first: boolean;
  last: boolean;
}

/**
 * Sets the first and last time of aggregates anew from the feedback itself, and from what is written down of such that
 * has gone and still counts. Counts can be taken back, but the earliest of several times cannot. See `takeBack`, which says
 * for which aggregates, and has made sure that none of their parts is of another one, too.
 */
export async function refreshSpans(
  models: Models,
  lost: readonly LostBounds[],
  session: Transaction,
): Promise<void> {
  const updates: Update[] = [];
  for (const { key, first, last } of lost) {
    const createdAtOf = async (direction: 1 | -1) => {
      const found = await models.feedback
        .findOne(feedbackIn(key), { createdAt: 1 }, { session })
        .sort({ createdAt: direction })
        .lean<{ createdAt: Date }>();
      return found?.createdAt ?? null;
    };
    const retired = await retainedSpan(models, key.path, session);
    const own = {
      delta: new Map(),
      firstAt: first ? await createdAtOf(1) : null,
      lastAt: last ? await createdAtOf(-1) : null,
    };
    const gone = {
      delta: new Map(),
      firstAt: first ? retired.firstAt : null,
      lastAt: last ? retired.lastAt : null,
    };
    const { firstAt, lastAt } = addTotals([own, gone]);
    updates.push({
      q: { _id: { $gte: `${key.path} `, $lt: `${key.path}!` } },
      u: { $inc: { changed: 1 }, $set: { ...(firstAt && { firstAt }), ...(lastAt && { lastAt }) } },
      multi: true,
      upsert: false,
    });
  }
  if (updates.length > 0) await updateAll(models.aggregates, updates, session);
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
