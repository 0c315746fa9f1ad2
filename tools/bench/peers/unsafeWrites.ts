import { randomUUID } from 'node:crypto';
import { sumContributions } from '../../../src/aggregates/contribution.ts';
import { partsOf } from '../../../src/models/aggregates/partDocuments.ts';
import type { Models } from '../../../src/models/database.ts';
import { hasPhrases } from '../../../src/models/discovery/notePendingTexts.ts';
import type { FeedbackDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { insert } from '../support/insert.ts';

/**
 * The writes of a batch without safety: no transaction, and no recognition of feedback that is already stored.
 */
export function createUnsafeWriter(models: Models) {
  const noteIn = models.pendingTexts.collection.collectionName;
  return async (documents: FeedbackDocument[]): Promise<void> => {
    const parts = partsOf([...sumContributions(documents).values()], randomUUID());
    await insert(models, 'feedback', documents);
    await insert(models, noteIn, [{ ids: documents.filter(hasPhrases).map(({ _id }) => _id) }]);
    await insert(models, 'aggregates', parts);
  };
}
