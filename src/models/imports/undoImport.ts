import type { PartsWriter } from '../aggregates/partsWriter.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { idsOf } from '../mongodb/bulkWrites.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { removeFeedback } from '../retention/removeFeedback.ts';
import { deleteImportFile } from './importFiles.ts';

/** Removes deleted feedback from discovery in the transaction that deletes it. */
export type ForgetPhrases = (deleted: readonly FeedbackDocument[], transaction: Transaction) => Promise<unknown>;

/**
 * Takes back some of the feedback that an import stored: deletes it, subtracts it from aggregates and discovery, and counts
 * it, in one transaction. Feedback that was stored before the import, or that an app has sent since, is not the import's.
 *
 * @returns how many feedback it removed; 0: none is left
 */
export async function undoChunk(
  models: Models,
  parts: PartsWriter,
  forgetPhrases: ForgetPhrases,
  { importId, limit }: { importId: string; limit: number },
): Promise<number> {
  // In the order of time, so that a chunk changes the aggregates and sketches of few days.
  const found = await models.feedback
    .find({ importId }, { _id: 1 })
    .sort({ createdAt: 1 })
    .limit(limit)
    .lean<{ _id: string }[]>();
  if (found.length === 0) return 0;
  return removeFeedback(models, parts, idsOf(found), {
    aggregates: 'reduced',
    matching: { importId },
    async alongside(documents, transaction) {
      await forgetPhrases(documents, transaction);
      const removed = { $inc: { removed: documents.length } };
      await models.imports.updateOne({ _id: importId }, removed, { session: transaction });
    },
  });
}

/**
 * Ends an undo if nothing of the import is stored any more. A read in a transaction sees every earlier commit, and no
 * later one can store rows of the import.
 *
 * @returns whether it is undone
 */
export async function finishUndo(models: Models, importId: string): Promise<boolean> {
  await deleteImportFile(models, importId);
  return inTransaction(models, async (transaction) => {
    if ((await models.feedback.exists({ importId }).session(transaction)) !== null) return false;
    const undone = { state: 'undone', finishedAt: new Date() };
    await models.imports.updateOne({ _id: importId, state: 'undoing' }, undone, { session: transaction });
    return true;
  });
}
