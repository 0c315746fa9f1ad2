import { type AggregateDocument, RETAINED_KINDS } from '../aggregates/aggregateSchema.ts';
import { inPartsTransaction } from '../aggregates/inPartsTransaction.ts';
import type { PartsWriter } from '../aggregates/partsWriter.ts';
import { dropRetained } from '../aggregates/retainedTotals.ts';
import type { Models } from '../database.ts';
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
    const { deltas, deleted } = await dropRetained(models, retained, transaction);
    await recordRemoved(models, erasureId, { aggregates: deleted }, transaction);
    return { result: retained.length, staged: await parts.stage(deltas, transaction) };
  });
}
