import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { idsOf, insertAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';

/** Whether a feedback has a text in which phrases are counted. Only English has a list of stop words for it. */
export const hasPhrases = ({ improvements, analysis }: Pick<FeedbackDocument, 'improvements' | 'analysis'>) =>
  improvements !== undefined && analysis.language === 'en';

/** Notes the feedback of a batch, in the transaction that stores it, so that its phrases are counted later and once. */
export async function notePendingTexts(
  models: Models,
  documents: readonly FeedbackDocument[],
  transaction: Transaction,
): Promise<void> {
  const ids = idsOf(documents.filter(hasPhrases));
  const note: object = { ids };
  if (ids.length > 0) await insertAll(models.pendingTexts, [note], transaction);
}

/** Removes feedback from the notes, so that its phrases are not counted. */
export async function removeFromNotes(models: Models, ids: string[], transaction: Transaction): Promise<void> {
  const noted = { $in: ids };
  await models.pendingTexts.updateMany({ ids: noted }, { $pull: { ids: noted } }, { session: transaction });
}
