import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { insertAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';

/** Phrases are looked for in English texts alone: of other languages the words that say nothing are not known. */
export const hasPhrases = ({ improvements, analysis }: Pick<FeedbackDocument, 'improvements' | 'analysis'>) =>
  improvements !== undefined && analysis.language === 'en';

/** Notes feedback that is being stored, so that its phrases are counted later, once. A single small write a batch. */
export async function notePendingTexts(
  models: Models,
  documents: readonly FeedbackDocument[],
  session: Transaction,
): Promise<void> {
  const ids = documents.filter(hasPhrases).map(({ _id }) => _id);
  const note: object = { ids };
  if (ids.length > 0) await insertAll(models.pendingTexts, [note], session);
}
