import { sumContributions } from '../../../src/aggregates/contribution.ts';
import { inPartsTransaction } from '../../../src/models/aggregates/inPartsTransaction.ts';
import type { PartsWriter } from '../../../src/models/aggregates/partsWriter.ts';
import type { Models } from '../../../src/models/database.ts';
import type { FeedbackDocument } from '../../../src/models/feedback/feedbackDocument.ts';

/** Adds the contributions of feedback to the aggregates, by a parts writer, without storing the feedback. */
export function addParts(models: Models, parts: PartsWriter, documents: FeedbackDocument[]): Promise<void> {
  return inPartsTransaction(models, parts, async (transaction) => ({
    result: undefined,
    staged: await parts.stage([...sumContributions(documents).values()], transaction),
  }));
}
