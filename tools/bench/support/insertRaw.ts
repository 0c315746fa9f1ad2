import type { FeedbackDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { inBatches } from '../../support/feedbackBodies.ts';
import type { Sandbox } from './bench.ts';

/** Inserts finished documents, 500 at a time and four inserts under way, on disk at a majority. */
export async function insertRaw({ models }: Sandbox, documents: Iterable<FeedbackDocument>): Promise<void> {
  const batches = inBatches(documents, 500);
  const options = { ordered: false, writeConcern: { w: 'majority', j: true } } as const;
  const insert = async () => {
    for (const batch of batches) await models.feedback.collection.insertMany(batch as never[], options);
  };
  await Promise.all([insert(), insert(), insert(), insert()]);
}
