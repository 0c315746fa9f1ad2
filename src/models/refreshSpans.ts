import type { AggregateKey } from '../aggregates/aggregateKey.ts';
import type { Models } from './database.ts';
import type { Session } from './inTransaction.ts';
import { addTotals } from './readTotals.ts';
import { retiredId } from './retireTotals.ts';

/**
 * Sets the first and last time of aggregates anew from the feedback itself, and from what is written down of such that
 * has gone and still counts. Counts can be taken back, but the earliest
 * of several times cannot: whoever takes feedback out of an aggregate calls this for it, in the same transaction, before
 * adding a part of its own.
 *
 * Each part is written to, also where its times stay as they are: of two that each take out what the other still sees,
 * one has to run again.
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
    const retired = await models.retiredAggregates
      .findOne({ _id: retiredId(key.path) }, { firstAt: 1, lastAt: 1 }, { session })
      .lean<{ firstAt?: Date; lastAt?: Date }>();
    const own = { delta: new Map(), firstAt: await createdAtOf(1), lastAt: await createdAtOf(-1) };
    const gone = { delta: new Map(), firstAt: retired?.firstAt ?? null, lastAt: retired?.lastAt ?? null };
    const { firstAt, lastAt } = addTotals([own, gone]);
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
