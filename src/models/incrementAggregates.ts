import type { Gain } from '../aggregates/contribution.ts';
import type { Models } from './database.ts';
import type { Session } from './inTransaction.ts';
import { updateAll } from './writeAll.ts';

/** Adds to one part of each aggregate, and makes the part where there is none. */
export function incrementAggregates(
  models: Pick<Models, 'aggregates'>,
  gains: Gain[],
  part: string | number,
  session: Session,
): Promise<void> {
  const updates = gains.map(({ key: { path, ...fields }, delta, firstAt, lastAt }) => ({
    q: { _id: `${path} ${part}` },
    u: {
      $inc: Object.fromEntries(delta),
      $min: { firstAt },
      $max: { lastAt },
      $setOnInsert: fields,
    },
    upsert: true,
  }));
  return updateAll(models.aggregates, updates, session);
}
