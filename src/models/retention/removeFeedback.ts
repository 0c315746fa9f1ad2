import { type AggregateDelta, addContribution } from '../../aggregates/contribution.ts';
import { inPartsTransaction } from '../aggregates/inPartsTransaction.ts';
import type { PartsWriter } from '../aggregates/partsWriter.ts';
import { prepareSubtraction, subtractionsOf } from '../aggregates/prepareSubtraction.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { deleteAll, findAll, idsOf } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { noteForSearch } from '../search/noteForSearch.ts';
import { retainTotals } from './retainTotals.ts';

export type RemovalOptions =
  | {
      aggregates: 'reduced';
      /** Only feedback that matches is removed. */
      matching?: Record<string, unknown>;
      /** Runs in the transaction, after the feedback is deleted. */
      alongside?(deleted: readonly FeedbackDocument[], transaction: Transaction): Promise<void>;
    }
  | {
      aggregates: 'kept';
      /** Orgs whose feedback must stay for now, as the transaction sees them. */
      orgsBeingErased(transaction: Transaction): Promise<string[]>;
    };

/**
 * Removes feedback and subtracts it from the aggregates in one transaction, so that totals are exact before and after
 * it. Calling it again with the same ids does nothing.
 *
 * `kept` retains the totals of orgs, days, variants and everyone, and stores what they count of the removed feedback.
 * Totals of users and sessions are always reduced: they would be about people of whom nothing else is kept. Feedback
 * of an org under erasure stays: the erasure deletes the org's retained totals, and must not miss new ones.
 *
 * @returns how many feedback were removed
 */
export function removeFeedback(
  models: Models,
  parts: PartsWriter,
  ids: readonly string[],
  options: RemovalOptions = { aggregates: 'reduced' },
): Promise<number> {
  return inPartsTransaction(models, parts, async (transaction) => {
    const isKept = options.aggregates === 'kept';
    const erased = isKept ? await options.orgsBeingErased(transaction) : [];
    const matching = isKept ? erased.length > 0 && { orgId: { $nin: erased } } : options.matching;
    const documents = await findAll(models.feedback, { _id: { $in: ids }, ...matching }, transaction);
    if (documents.length === 0) return { result: 0 };
    await deleteAll(models.feedback, idsOf(documents), transaction);
    await noteForSearch(models, documents, transaction);
    if (!isKept) await options.alongside?.(documents, transaction);
    const deltas = new Map<string, AggregateDelta>();
    for (const document of documents) addContribution(deltas, document, -1);
    if (isKept) for (const path of await retainTotals(models, documents, transaction)) deltas.delete(path);
    await prepareSubtraction(models, deltas, subtractionsOf(documents), transaction);
    return { result: documents.length, staged: await parts.stage([...deltas.values()], transaction) };
  });
}
