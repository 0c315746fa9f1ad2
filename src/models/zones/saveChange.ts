import type { Models } from '../database.ts';
import { type Transaction, TransactionAborted } from '../mongodb/inTransaction.ts';
import type { OrgZoneDocument } from './orgZoneSchema.ts';

/** The stored state is another than the step began with: another process did the step, the zone was changed, or erased. */
export class Outrun extends TransactionAborted {
  override name = 'Outrun';
}

export type Change = Partial<Omit<OrgZoneDocument, '_id' | 'revision' | 'steppedAt'>>;

/**
 * Saves a change of the state that a step began with. Two steps that save a change of the same state conflict.
 *
 * @throws Outrun if the state has changed since it was read
 */
export async function saveChange(
  { orgZones }: Pick<Models, 'orgZones'>,
  { _id, revision }: OrgZoneDocument,
  change: Change,
  transaction?: Transaction,
): Promise<void> {
  const { matchedCount } = await orgZones.updateOne(
    { _id, revision },
    { $set: { ...change, steppedAt: new Date() }, $inc: { revision: 1 } },
    transaction && { session: transaction },
  );
  if (matchedCount === 0) throw new Outrun();
}
