import { type AggregateDocument, keysOfPart } from './aggregate.ts';
import type { Models } from './database.ts';
import type { Session } from './inTransaction.ts';
import { insertAll } from './writeAll.ts';

/**
 * Makes two parts of each that is of two aggregates, under the names that it has in them: before something is done to one of
 * both that does not concern the other. Returns all parts as they are then.
 */
export async function splitParts(
  models: Pick<Models, 'aggregates'>,
  parts: readonly AggregateDocument[],
  session: Session,
): Promise<AggregateDocument[]> {
  const singles: AggregateDocument[] = [];
  const seconds: AggregateDocument[] = [];
  for (const part of parts) {
    const { also, ...single } = part;
    const [, second] = keysOfPart(part);
    singles.push(single);
    if (also === undefined || !second) continue;
    const { path: _, ...fields } = second;
    seconds.push({ ...single, ...fields, _id: also });
  }
  if (seconds.length === 0) return singles;
  const paired = parts.filter(({ also }) => also !== undefined).map(({ _id }) => _id as never);
  await models.aggregates.collection.updateMany(
    { _id: { $in: paired } },
    { $unset: { also: '' } },
    { session },
  );
  await insertAll(models.aggregates, seconds, session);
  return [...singles, ...seconds];
}
