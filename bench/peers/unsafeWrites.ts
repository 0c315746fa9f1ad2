import { randomUUID } from 'node:crypto';
import { sumContributions } from '../../src/aggregates/contribution.ts';
import type { Models } from '../../src/models/database.ts';
import type { FeedbackDocument } from '../../src/models/feedback.ts';
import { partsOf } from '../../src/models/partsOf.ts';
import { hasPhrases } from '../../src/models/uncountedTexts.ts';

/**
 * The writes of a batch as they are, without what makes them safe: no transaction around them, and nothing that notices
 * feedback that is stored already.
 */
export function createUnsafeWriter({ feedback, aggregates, uncountedTexts }: Models) {
  return async (documents: FeedbackDocument[]): Promise<void> => {
    const word = randomUUID();
    const parts = partsOf([...sumContributions(documents).values()], word);
    await feedback.collection.insertMany(documents as never[], { ordered: false });
    await uncountedTexts.collection.insertOne({ ids: documents.filter(hasPhrases).map(({ _id }) => _id) });
    await aggregates.collection.insertMany(parts as never[], { ordered: false });
  };
}
