import type { AggregateKey } from '../../aggregates/aggregateKey.ts';
import type { AggregateDelta } from '../../aggregates/contribution.ts';
import { addDelta } from '../../aggregates/delta.ts';
import { unpackDelta } from '../../aggregates/packDelta.ts';
import { type AggregateDocument, keysOfPart } from '../aggregates/aggregateSchema.ts';
import { inPartsTransaction } from '../aggregates/inPartsTransaction.ts';
import type { PartsWriter } from '../aggregates/partsWriter.ts';
import { prepareSubtraction } from '../aggregates/subtract.ts';
import type { Models } from '../database.ts';
import { RETAINED_KINDS } from '../retention/retainTotals.ts';
import { recordRemoved } from './eraseFeedback.ts';

/**
 * Takes out of aggregates, those of an org and everyone's, what they count of feedback of the org that went before, by
 * retention: out of some of them at a time, each in the transaction that strikes off what was written down of it. What is
 * done already is not found again, so it can be called until nothing is left.
 *
 * @param limit aggregates that lose something at the most
 * @returns how many lost something
 */
export function eraseRetainedTotals(
  models: Models,
  parts: PartsWriter,
  { erasureId, orgId, limit }: { erasureId: string; orgId: string; limit: number },
): Promise<number> {
  return inPartsTransaction(models, parts, async (transaction) => {
    const retired = await models.retiredAggregates
      .find({ kind: { $in: RETAINED_KINDS }, orgId }, null, { session: transaction })
      .limit(limit)
      .lean<AggregateDocument[]>();
    if (retired.length === 0) return { result: 0 };
    const ids = retired.map(({ _id }) => _id);
    await models.retiredAggregates.deleteMany({ _id: { $in: ids } }, { session: transaction });
    const gains = new Map<string, AggregateDelta>();
    for (const document of retired) {
      const key = keyOf(document);
      const delta = addDelta(new Map(), unpackDelta(document), -1);
      gains.set(key.path, { key, delta, firstAt: null, lastAt: null });
    }
    const losses = retired.map((document) => ({
      key: keyOf(document),
      from: document.firstAt ?? new Date(0),
      to: document.lastAt ?? new Date(),
    }));
    const aggregates = await prepareSubtraction(models, gains, losses, transaction);
    await recordRemoved(models, erasureId, { aggregates }, transaction);
    return { result: retired.length, staged: await parts.stage([...gains.values()], transaction) };
  });
}

/** What was written down of everyone's has the org whose feedback it was. */
function keyOf(document: AggregateDocument): AggregateKey {
  const [key] = keysOfPart(document);
  return key.kind === 'all' || key.kind === 'all-day' ? { ...key, orgId: null } : key;
}
