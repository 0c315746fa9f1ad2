import type { Gain } from '../aggregates/contribution.ts';
import type { AggregateDocument } from './aggregate.ts';
import type { Models } from './database.ts';
import type { Session } from './inTransaction.ts';
import { partOf } from './parts.ts';
import { addTotals, totalsOf } from './readTotals.ts';

const WORD = 'retired';

export const retiredId = (path: string) => `${path} ${WORD}`;

/**
 * Writes down what feedback counted that goes while the totals go on counting it. Totals are then what the feedback that is
 * left adds up to and this, so that it can still be said of every one of them whether it is right.
 */
export async function retireTotals(
  models: Pick<Models, 'retiredAggregates'>,
  gains: readonly Gain[],
  session: Session,
): Promise<void> {
  if (gains.length === 0) return;
  const ids = gains.map(({ key }) => retiredId(key.path));
  const found = await models.retiredAggregates
    .find({ _id: { $in: ids } }, null, { session })
    .lean<AggregateDocument[]>();
  const known = new Map(found.map((document) => [document._id, totalsOf(document)]));
  const writes = gains.map((gain) => {
    const before = known.get(retiredId(gain.key.path));
    const sum = before ? { key: gain.key, ...addTotals([before, gain]) } : gain;
    const { _id, ...replacement } = partOf(sum, WORD);
    return { replaceOne: { filter: { _id: _id as never }, replacement, upsert: true } };
  });
  await models.retiredAggregates.collection.bulkWrite(writes, { session });
}
