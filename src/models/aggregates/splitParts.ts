import type { Models } from '../database.ts';
import { insertAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { type AggregateDocument, keysOfPart, pathOfPart } from './aggregateSchema.ts';

/**
 * Makes two parts of each that is of two aggregates, under the names that it has in them: before something is done to one of
 * both that does not concern the other. Only where one of both is among `paths`: what is split meets those who merge it.
 *
 * @returns the names of the parts of `paths`, none of which is of another aggregate, too, from here on in the transaction
 */
export async function splitParts(
  models: Pick<Models, 'aggregates'>,
  parts: readonly AggregateDocument[],
  paths: ReadonlySet<string>,
  session: Transaction,
): Promise<string[]> {
  const split: string[] = [];
  const seconds: AggregateDocument[] = [];
  for (const part of parts) {
    const { also, ...single } = part;
    const [first, second] = keysOfPart(part);
    if (also === undefined || !second || !(paths.has(first.path) || paths.has(second.path))) continue;
    const { path: _, ...fields } = second;
    split.push(part._id);
    seconds.push({ ...single, ...fields, _id: also });
  }
  if (split.length > 0) {
    await models.aggregates.collection.updateMany(
      { _id: { $in: split as never[] } },
      { $unset: { also: '' }, $inc: { changed: 1 } },
      { session },
    );
    await insertAll(models.aggregates, seconds, session);
  }
  return [...parts, ...seconds].map(({ _id }) => _id).filter((name) => paths.has(pathOfPart(name)));
}
