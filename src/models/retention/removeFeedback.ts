import { type AggregateDelta, addContribution } from '../../aggregates/contribution.ts';
import { inPartsTransaction } from '../aggregates/inPartsTransaction.ts';
import type { PartsWriter } from '../aggregates/partsWriter.ts';
import { subtract } from '../aggregates/subtract.ts';
import type { Models } from '../database.ts';
import { orgsBeingErased } from '../erasure/erasures.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { deleteAll } from '../mongodb/bulkWrites.ts';
import { retainTotals } from './retainTotals.ts';

/**
 * Removes feedback, and what it added to aggregates, in one transaction: the totals are exact before and after it. What is
 * there no longer is left alone, so it can be called again with the same ids.
 *
 * With `kept` the totals of orgs, days, variants and everyone go on counting it, and it is written down what they count
 * of it. Those of its users and sessions never do: they would be about people of whom nothing else is kept. What is of an
 * org that is being erased is left for later: all that is written down of that org goes with it, and this may be newer.
 *
 * @returns how many were removed
 */
export function removeFeedback(
  models: Models,
  parts: PartsWriter,
  ids: readonly string[],
  aggregates: 'kept' | 'reduced' = 'reduced',
): Promise<number> {
  return inPartsTransaction(models, parts, async (transaction) => {
    const isKept = aggregates === 'kept';
    const erased = isKept ? await orgsBeingErased(models, transaction) : [];
    const documents = await models.feedback
      .find({ _id: { $in: ids }, ...(erased.length > 0 && { orgId: { $nin: erased } }) }, null, {
        session: transaction,
      })
      .lean<FeedbackDocument[]>();
    if (documents.length === 0) return { result: 0 };
    const found = documents.map(({ _id }) => _id);
    await deleteAll(models.feedback, found, transaction);
    const gains = new Map<string, AggregateDelta>();
    for (const document of documents) addContribution(gains, document, -1);
    if (isKept) for (const path of await retainTotals(models, documents, transaction)) gains.delete(path);
    await subtract(models, gains, documents, transaction);
    return { result: documents.length, staged: await parts.stage([...gains.values()], transaction) };
  });
}
