import type { Models } from '../database.ts';
import { idsOf, insertAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { type AggregateDocument, keysOfPart, pathOfPart } from './aggregateSchema.ts';

/**
 * Splits paired parts in two, one for each of their aggregates, so that one aggregate can be changed without the other.
 * Only parts of an aggregate in `paths` are split, because a split conflicts with a merge of the same part.
 *
 * @returns ids of the parts of `paths`, none of which is paired for the rest of the transaction
 */
export async function splitParts(
  models: Pick<Models, 'aggregates'>,
  parts: readonly AggregateDocument[],
  paths: ReadonlySet<string>,
  transaction: Transaction,
): Promise<string[]> {
  const splitIds: string[] = [];
  const seconds: AggregateDocument[] = [];
  for (const part of parts) {
    const { also, ...single } = part;
    const [first, second] = keysOfPart(part);
    if (also === undefined || !second || !(paths.has(first.path) || paths.has(second.path))) continue;
    const { path: _, ...fields } = second;
    splitIds.push(part._id);
    seconds.push({ ...single, ...fields, _id: also });
  }
  if (splitIds.length > 0) {
    await models.aggregates.collection.updateMany(
      { _id: { $in: splitIds as never[] } },
      { $unset: { also: '' }, $inc: { changed: 1 } },
      { session: transaction },
    );
    await insertAll(models.aggregates, seconds, transaction);
  }
  return idsOf([...parts, ...seconds]).filter((id) => paths.has(pathOfPart(id)));
}
