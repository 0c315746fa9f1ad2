import { v7 as uuidv7 } from 'uuid';
import { dayOf } from '../../aggregates/days.ts';
import type { Models } from '../database.ts';
import { renameTexts } from '../discovery/renameTexts.ts';
import { deleteAll, findAll, idsOf, insertAll } from '../mongodb/bulkWrites.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { OLD_IDS } from '../mongodb/internalState.ts';
import { noteForSearch } from '../search/noteForSearch.ts';
import { type FeedbackDocument, publicId, storedId } from './feedbackDocument.ts';

// Old ids: earlier versions stored feedback that came with a key of no org under its id alone, even if it belonged to an
// org. A worker rewrites them in the background (`oldIdRewriter.ts`). Until it is done, a batch writer rewrites the
// ones that it receives again. So an id that is sent again counts once at every moment.
//
// - A rewrite deletes a feedback and inserts it under its new id, in one transaction. Aggregates do not change. Whatever
//   else changes or deletes the feedback meanwhile conflicts, and one of the two runs again.
// - Nothing stores old ids any more. So a pass over all feedback that finds none proves that there are none.

/** Max feedback, and max days of it, in one transaction. Each day has sketches of up to some hundred KB. */
export const REWRITE_LIMITS = { feedback: 500, days: 4 };

/** Progress, in the document `OLD_IDS`. */
interface Progress {
  isDone?: boolean;
  /** the process that rewrites, and when it last said so */
  by?: string;
  at?: Date;
}

async function readProgress(models: Models): Promise<Progress> {
  const found = await models.internalState.findById(OLD_IDS).lean();
  return (found?.value ?? {}) as Progress;
}

/** Whether no feedback has an old id. Once true, it stays true. */
export async function areOldIdsRewritten(models: Models): Promise<boolean> {
  return (await readProgress(models)).isDone === true;
}

export async function finishOldIds(models: Models): Promise<void> {
  await setProgress(models, { isDone: true });
}

/** Claims the work for `leaseMs`, so that mostly one process does it. Two at once would only get in each other's way. */
export async function claimOldIds(
  models: Models,
  process: string,
  leaseMs: number,
): Promise<'claimed' | 'taken' | 'done'> {
  const { isDone, by, at } = await readProgress(models);
  if (isDone) return 'done';
  // A clock that is wrong, in either direction, only makes two processes work at once.
  if (by !== process && at && Math.abs(Date.now() - at.getTime()) < leaseMs) return 'taken';
  await setProgress(models, { by: process, at: new Date() });
  return 'claimed';
}

async function setProgress(models: Models, progress: Progress): Promise<void> {
  const fields = Object.entries(progress).map(([name, value]) => [`value.${name}`, value]);
  await models.internalState.collection.updateOne(
    { _id: OLD_IDS as never },
    { $set: Object.fromEntries(fields) },
    { upsert: true },
  );
}

/** Makes a transaction that relies on ids it has read conflict with every rewrite of ids. */
export async function lockOldIds(models: Models, transaction: Transaction): Promise<void> {
  await models.internalState.collection.updateOne(
    { _id: OLD_IDS as never },
    { $inc: { 'value.transactions': 1 } },
    { session: transaction, upsert: true },
  );
}

/**
 * Rewrites those of these ids that are old. Calling it again with the same ids does nothing. Keep within
 * `REWRITE_LIMITS`.
 *
 * If the org has other feedback with the same id, which came with a key of its own, both counted until now. Both are
 * kept: the rewritten one gets a generated id.
 *
 * @returns how many it rewrote, and how many of them got a generated id
 */
export function rewriteOldIds(
  models: Models,
  ids: readonly string[],
): Promise<{ rewritten: number; generated: number }> {
  return inTransaction(models, async (transaction) => {
    await lockOldIds(models, transaction);
    const filter = { _id: { $in: ids }, orgId: { $exists: true } };
    const found = await findAll<FeedbackDocument>(models.feedback, filter, transaction);
    const old = found.filter(({ _id }) => publicId(_id) === _id);
    if (old.length === 0) return { rewritten: 0, generated: 0 };
    const wanted = old.map(({ _id: id, orgId }) => storedId({ id, orgId }));
    const taken = new Set(
      idsOf(await findAll<FeedbackDocument>(models.feedback, { _id: { $in: wanted } }, transaction)),
    );
    const renamed = old.map((document, index) => {
      const id = taken.has(wanted[index]!) ? storedId({ ...document, id: uuidv7() }) : wanted[index]!;
      return { ...document, _id: id };
    });
    await deleteAll(models.feedback, idsOf(old), transaction);
    await insertAll(models.feedback, renamed, transaction);
    const newIds = new Map(old.map(({ _id }, index) => [_id, renamed[index]!._id]));
    await renameTexts(models, old, newIds, transaction);
    await noteForSearch(models, old, transaction);
    return { rewritten: old.length, generated: taken.size };
  });
}

/**
 * Rewrites the old ids that these feedback would repeat, so that the ids in their new form tell what is stored. Returns
 * whether all ids are rewritten, and the call is needless from now on.
 */
export async function rewriteOldIdsOf(models: Models, feedback: readonly FeedbackDocument[]): Promise<boolean> {
  if (await areOldIdsRewritten(models)) return true;
  const ids = feedback.flatMap(({ _id, orgId }) => (orgId === undefined ? [] : [publicId(_id)]));
  const found = await models.feedback
    .find({ _id: { $in: ids }, orgId: { $exists: true } }, { createdAt: 1 })
    .sort({ createdAt: 1 })
    .lean<Pick<FeedbackDocument, '_id' | 'createdAt'>[]>();
  for (let offset = 0; offset < found.length; ) {
    const chunk = withinLimits(found.slice(offset, offset + REWRITE_LIMITS.feedback));
    await rewriteOldIds(models, idsOf(chunk));
    offset += chunk.length;
  }
  return false;
}

/** The first feedback of a list in the order of time that may be rewritten in one transaction. */
export function withinLimits<Feedback extends { createdAt: Date }>(
  feedback: readonly Feedback[],
  limits = REWRITE_LIMITS,
): Feedback[] {
  const days = new Set<string>();
  const end = feedback.findIndex(({ createdAt }, index) => {
    days.add(dayOf(createdAt));
    return index >= limits.feedback || days.size > limits.days;
  });
  return end < 0 ? [...feedback] : feedback.slice(0, end);
}
