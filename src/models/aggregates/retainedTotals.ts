import { type AggregateKey, pathWord } from '../../aggregates/aggregateKey.ts';
import type { AggregateDelta } from '../../aggregates/contribution.ts';
import { addDelta } from '../../aggregates/delta.ts';
import { unpackDelta } from '../../aggregates/packDelta.ts';
import type { Models } from '../database.ts';
import { deleteAll, findAll, idsOf, updateAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { type AggregateDocument, keysOfPart } from './aggregateSchema.ts';
import { partOf } from './partDocuments.ts';
import { byAggregate, prepareSubtraction } from './prepareSubtraction.ts';
import { addTotals, totalsOf } from './readTotals.ts';

/** Counts that an aggregate keeps of removed feedback of one org. */
export interface RetainedTotal {
  orgId: string | null;
  /** zones whose local days count the same feedback, sorted; set for `org-day` only, else empty */
  zones: readonly string[];
  delta: AggregateDelta;
}

/**
 * The last word of a retained total's id, one for each org and, for UTC days of an org, set of zones. A change of the zone
 * can then add exactly the totals that the new zone does not count yet. `%+` is in no word of a path.
 */
export function retainedGroup(orgId: string | null, zones: readonly string[]): string {
  return [pathWord(orgId ?? ''), ...zones].join('%+');
}

/** Adds to retained totals, in a transaction that leaves the aggregates themselves as they are or adds the same to them. */
export async function addRetained(
  models: Pick<Models, 'retainedAggregates'>,
  totals: readonly RetainedTotal[],
  transaction: Transaction,
): Promise<void> {
  const idOf = ({ orgId, zones, delta }: RetainedTotal) => `${delta.key.path} ${retainedGroup(orgId, zones)}`;
  const found = await findAll(models.retainedAggregates, { _id: { $in: totals.map(idOf) } }, transaction);
  const known = new Map(found.map((document) => [document._id, totalsOf(document)]));
  const sums = new Map<string, RetainedTotal>();
  for (const total of totals) {
    const id = idOf(total);
    const before = sums.get(id)?.delta ?? known.get(id);
    const sum = before ? { key: total.delta.key, ...addTotals([before, total.delta]) } : total.delta;
    sums.set(id, { ...total, delta: sum });
  }
  const updates = [...sums.values()].map(({ orgId, zones, delta }) => {
    const { _id, ...part } = partOf({ aggregate: delta }, retainedGroup(orgId, zones));
    return { q: { _id }, u: { ...part, orgId, ...(zones.length > 0 && { zones: [...zones] }) }, upsert: true };
  });
  await updateAll(models.retainedAggregates, updates, transaction);
}

/**
 * Deletes retained totals, and prepares their subtraction from the aggregates, which no longer count the feedback then.
 *
 * @returns the (negative) deltas to stage, and how many aggregates were deleted
 */
export async function dropRetained(
  models: Models,
  retained: readonly AggregateDocument[],
  transaction: Transaction,
): Promise<{ deltas: AggregateDelta[]; deleted: number }> {
  await deleteAll(models.retainedAggregates, idsOf(retained), transaction);
  const deltas = new Map<string, AggregateDelta>();
  const subtractions = retained.map((document) => {
    const key = keyOf(document);
    const known = deltas.get(key.path);
    if (known) addDelta(known.delta, unpackDelta(document), -1);
    else
      deltas.set(key.path, { key, delta: addDelta(new Map(), unpackDelta(document), -1), firstAt: null, lastAt: null });
    return { key, from: document.firstAt ?? new Date(0), to: document.lastAt ?? new Date() };
  });
  const deleted = await prepareSubtraction(models, deltas, byAggregate(subtractions), transaction);
  return { deltas: [...deltas.values()], deleted };
}

/** A record of everyone's total has the org of the feedback, which is not part of the aggregate's key. */
function keyOf(document: AggregateDocument): AggregateKey {
  const [key] = keysOfPart(document);
  return key.kind === 'all' || key.kind === 'all-day' ? { ...key, orgId: null } : key;
}
