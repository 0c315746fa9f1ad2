import type { AcceptedFeedback } from '../../ingest/feedbackSchema.ts';
import type { Models } from '../database.ts';
import { type FeedbackDocument, publicId, storedId } from './feedbackDocument.ts';
import { areOldIdsRewritten } from './oldIds.ts';

/** Questions of the API about stored feedback, while it takes new ones. Both throw if MongoDB does not answer within `timeoutMs`. */
export interface StoredFeedback {
  /**
   * Finds which of some feedback repeat stored feedback: the `_id`s of those whose stored one was accepted before them. So
   * it does not matter if they are being stored at the same time.
   */
  findAcceptedBefore(feedback: readonly AcceptedFeedback[], timeoutMs: number): Promise<ReadonlySet<string>>;
  /** Whether some feedback is stored under an id made from this Idempotency-Key. Reads one entry of the index of `_id`. */
  isKeyStored(key: string, timeoutMs: number): Promise<boolean>;
}

export function createStoredFeedback(models: Models): StoredFeedback {
  let hasOldIds = true;

  async function findAcceptedBefore(feedback: readonly AcceptedFeedback[], timeoutMs: number) {
    const signal = AbortSignal.timeout(timeoutMs);
    if (hasOldIds) hasOldIds = !(await areOldIdsRewritten(models));
    const acceptedAt = new Map<string, number>();
    for (const one of feedback) acceptedAt.set(storedId(one), one.acceptedAt);
    const ids = [...acceptedAt.keys()];
    if (hasOldIds) ids.push(...new Set(ids.map(publicId)));
    // The driver's own find: Mongoose would cast each of the ids. Only feedback that is found is read beside the index.
    const found = (await models.feedback.collection
      .find({ _id: { $in: ids } } as never, { projection: { orgId: 1, acceptedAt: 1 }, maxTimeMS: timeoutMs, signal })
      .toArray()) as unknown as Pick<FeedbackDocument, '_id' | 'orgId' | 'acceptedAt'>[];
    const known = new Set<string>();
    for (const { _id, orgId, acceptedAt: before } of found) {
      const id = storedId({ id: publicId(_id), orgId });
      if (before.getTime() < (acceptedAt.get(id) ?? 0)) known.add(id);
    }
    return known;
  }

  async function isKeyStored(key: string, timeoutMs: number) {
    // All ids made from a key, and none else but longer ones that were sent: '/' follows '.'.
    const found = await models.feedback.collection.findOne({ _id: { $gte: `${key}.`, $lt: `${key}/` } } as never, {
      projection: { _id: 1 },
      maxTimeMS: timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return found !== null;
  }

  return { findAcceptedBefore, isKeyStored };
}
