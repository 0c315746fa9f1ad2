import { type AggregateKey, keysOf } from '../../aggregates/aggregateKey.ts';
import type { AggregateDelta, Countable } from '../../aggregates/contribution.ts';
import type { Models } from '../database.ts';
import { deleteAll, findAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { SUBTRACTION_LOCK } from '../mongodb/internalState.ts';
import { noteRankingChanges } from '../rankings/noteChanges.ts';
import { type AggregateDocument, keysOfPart, partsUnder, pathOfPart } from './aggregateSchema.ts';
import { type LostBounds, refreshSpans } from './refreshSpans.ts';
import { splitParts } from './splitParts.ts';

/** Max aggregates in one query. MongoDB plans a range of ids for each. */
const READ_AT_ONCE = 64;

/** An aggregate that loses feedback, and the times of the earliest and the latest feedback that it loses. */
export interface Subtraction {
  key: AggregateKey;
  from: Date;
  to: Date;
}

/**
 * Prepares aggregates for a subtraction. Call it in the deleting transaction, after the feedback is deleted and before
 * the (negative) deltas are staged as parts:
 *
 * 1. Lock subtractions against each other. Two that delete the last feedback of an aggregate would each see the other's.
 * 2. Read the parts of the aggregates.
 * 3. Split paired parts of the aggregates that steps 4 and 5 change.
 * 4. Delete the parts of aggregates that are now empty, with the ids in them, and remove their deltas from `deltas`.
 * 5. Find the first and last time again for aggregates that lost their earliest or latest feedback.
 * 6. Note the deltas of step 4 and the lost times for the rankings. The staged deltas are noted by the parts writer.
 *
 * `subtractions` has at most one for each aggregate.
 *
 * @returns number of aggregates that were deleted
 */
export async function prepareSubtraction(
  models: Models,
  deltas: Map<string, AggregateDelta>,
  subtractions: readonly Subtraction[],
  transaction: Transaction,
): Promise<number> {
  if (subtractions.length === 0) return 0;
  await models.internalState.collection.updateOne(
    { _id: SUBTRACTION_LOCK as never },
    { $inc: { value: 1 } },
    { session: transaction, upsert: true },
  );
  const found = await readParts(models, subtractions, transaction);
  const parts = new Map<string, AggregateDocument[]>();
  for (const part of found)
    for (const { path } of keysOfPart(part)) parts.set(path, [...(parts.get(path) ?? []), part]);

  const emptied = new Set<string>();
  const emptying: AggregateDelta[] = [];
  const lostBounds: LostBounds[] = [];
  let deleted = 0;
  for (const { key, from, to } of subtractions) {
    const own = parts.get(key.path) ?? [];
    const remaining = own.reduce((sum, { n }) => sum + n, deltas.get(key.path)?.delta.get('n') ?? 0);
    if (remaining === 0) {
      if (own.length > 0) deleted++;
      emptied.add(key.path);
      const delta = deltas.get(key.path);
      if (delta) emptying.push(delta);
      deltas.delete(key.path);
      continue;
    }
    const first = !own.some(({ firstAt }) => firstAt && firstAt < from);
    const last = !own.some(({ lastAt }) => lastAt && lastAt > to);
    if (first || last) lostBounds.push({ key, first, last });
  }
  const changed = new Set([...emptied, ...lostBounds.map(({ key }) => key.path)]);
  const ids = await splitParts(models, found, changed, transaction);
  await deleteAll(
    models.aggregates,
    ids.filter((id) => emptied.has(pathOfPart(id))),
    transaction,
  );
  await refreshSpans(models, lostBounds, transaction);
  // A user without feedback in one org may have some in another.
  const lost = [...lostBounds.filter(({ last }) => last), ...emptying].map(({ key }) => key);
  await noteRankingChanges(models, emptying, transaction, lost);
  return deleted;
}

/** The subtractions of deleted feedback. */
export function subtractionsOf(deleted: readonly Countable[]): Subtraction[] {
  return byAggregate(
    deleted.flatMap((feedback) =>
      keysOf(feedback).map((key) => ({ key, from: feedback.createdAt, to: feedback.createdAt })),
    ),
  );
}

/** One subtraction for each aggregate, over all of its times. */
export function byAggregate(all: readonly Subtraction[]): Subtraction[] {
  const subtractions = new Map<string, Subtraction>();
  for (const { key, from, to } of all) {
    const known = subtractions.get(key.path);
    if (!known) subtractions.set(key.path, { key, from, to });
    else if (from < known.from) known.from = from;
    if (known && to > known.to) known.to = to;
  }
  return [...subtractions.values()];
}

/** The parts of the aggregates. Paired parts may belong to other aggregates too. */
async function readParts(
  models: Models,
  subtractions: readonly Subtraction[],
  transaction: Transaction,
): Promise<AggregateDocument[]> {
  const parts = new Map<string, AggregateDocument>();
  for (let offset = 0; offset < subtractions.length; offset += READ_AT_ONCE) {
    const paths = subtractions.slice(offset, offset + READ_AT_ONCE).map(({ key }) => key.path);
    for (const part of await findAll(models.aggregates, { $or: paths.flatMap(partsUnder) }, transaction))
      parts.set(part._id, part);
  }
  return [...parts.values()];
}
