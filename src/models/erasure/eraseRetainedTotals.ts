import type { AggregateKey } from '../../aggregates/aggregateKey.ts';
import type { AggregateDelta } from '../../aggregates/contribution.ts';
import { addDelta } from '../../aggregates/delta.ts';
import { unpackDelta } from '../../aggregates/packDelta.ts';
import { type AggregateDocument, keysOfPart, RETAINED_KINDS } from '../aggregates/aggregateSchema.ts';
import { inPartsTransaction } from '../aggregates/inPartsTransaction.ts';
import type { PartsWriter } from '../aggregates/partsWriter.ts';
import { prepareSubtraction } from '../aggregates/prepareSubtraction.ts';
import type { Models } from '../database.ts';
import { deleteAll, idsOf } from '../mongodb/bulkWrites.ts';
import { recordRemoved } from './eraseFeedback.ts';

/**
 * Subtracts the retained totals of an org from the org's aggregates and from everyone's. Retained totals are what
 * aggregates still count of feedback that retention removed. One transaction subtracts some of them and deletes their
 * records, so it can be called again until it returns 0.
 *
 * @param limit max retained totals in the transaction
 * @returns how many it subtracted
 */
export function eraseRetainedTotals(
  models: Models,
  parts: PartsWriter,
  { erasureId, orgId, limit }: { erasureId: string; orgId: string; limit: number },
): Promise<number> {
  return inPartsTransaction(models, parts, async (transaction) => {
    const retained = await models.retainedAggregates
      .find({ kind: { $in: RETAINED_KINDS }, orgId }, null, { session: transaction })
      .limit(limit)
      .lean<AggregateDocument[]>();
    if (retained.length === 0) return { result: 0 };
    await deleteAll(models.retainedAggregates, idsOf(retained), transaction);
    const deltas = new Map<string, AggregateDelta>();
    const subtractions = retained.map((document) => {
      const key = keyOf(document);
      const delta = addDelta(new Map(), unpackDelta(document), -1);
      deltas.set(key.path, { key, delta, firstAt: null, lastAt: null });
      return { key, from: document.firstAt ?? new Date(0), to: document.lastAt ?? new Date() };
    });
    const aggregates = await prepareSubtraction(models, deltas, subtractions, transaction);
    await recordRemoved(models, erasureId, { aggregates }, transaction);
    return { result: retained.length, staged: await parts.stage([...deltas.values()], transaction) };
  });
}

/** A record of everyone's total has the org of the feedback, which is not part of the aggregate's key. */
function keyOf(document: AggregateDocument): AggregateKey {
  const [key] = keysOfPart(document);
  return key.kind === 'all' || key.kind === 'all-day' ? { ...key, orgId: null } : key;
}
