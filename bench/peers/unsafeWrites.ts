import { sumContributions } from '../../src/aggregates/contribution.ts';
import type { Models } from '../../src/models/database.ts';
import type { FeedbackDocument } from '../../src/models/feedback.ts';
import { isOwn, toInsert, toUpsert } from '../support/aggregateWrites.ts';

/**
 * The writes of a batch as they are, without what makes them safe: no transaction around them, and nothing that notices
 * feedback that is stored already.
 */
export function createUnsafeWriter({ feedback, aggregates }: Models) {
  const known = new Set<string>();
  return async (documents: FeedbackDocument[]): Promise<void> => {
    const gains = [...sumContributions(documents).values()];
    const fresh = gains.filter((gain) => isOwn(gain) && !known.has(gain.key.path));
    const updated = gains.filter((gain) => !isOwn(gain) || known.has(gain.key.path));
    await feedback.collection.insertMany(documents as never[], { ordered: true });
    if (fresh.length > 0) await aggregates.collection.insertMany(fresh.map((gain) => toInsert(gain, '0')));
    await aggregates.collection.bulkWrite(updated.map(toUpsert), { ordered: false });
    for (const { key } of fresh) known.add(key.path);
  };
}
