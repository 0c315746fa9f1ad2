import { sumContributions } from '../../src/aggregates/contribution.ts';
import { nested } from '../../src/aggregates/delta.ts';
import type { Models } from '../../src/models/database.ts';
import type { FeedbackDocument } from '../../src/models/feedback.ts';

/**
 * The writes of a batch as they are, without what makes them safe: no transaction around them, and nothing that notices
 * feedback that is stored already.
 */
export function createUnsafeWriter({ feedback, aggregates }: Models) {
  const known = new Set<string>();
  return async (documents: FeedbackDocument[]): Promise<void> => {
    const gains = [...sumContributions(documents).values()];
    const isOwn = ({ key }: (typeof gains)[number]) => key.kind === 'user' || key.kind === 'session';
    const fresh = gains.filter((gain) => isOwn(gain) && !known.has(gain.key.path));
    const updated = gains.filter((gain) => !isOwn(gain) || known.has(gain.key.path));
    await feedback.collection.insertMany(documents as never[], { ordered: true });
    if (fresh.length > 0)
      await aggregates.collection.insertMany(
        fresh.map(({ key: { path, ...fields }, delta, firstAt, lastAt }) => ({
          _id: `${path} 0`,
          ...fields,
          firstAt,
          lastAt,
          ...nested(delta),
        })) as never[],
      );
    await aggregates.collection.bulkWrite(
      updated.map(({ key: { path, ...fields }, delta, firstAt, lastAt }) => ({
        updateOne: {
          filter: { _id: `${path} 0` as never },
          update: {
            $inc: Object.fromEntries(delta),
            $min: { firstAt },
            $max: { lastAt },
            $setOnInsert: fields,
          },
          upsert: true,
        },
      })) as never[],
      { ordered: false },
    );
    for (const { key } of fresh) known.add(key.path);
  };
}
