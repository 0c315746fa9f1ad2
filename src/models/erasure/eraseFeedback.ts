import { pathWord } from '../../aggregates/aggregateKey.ts';
import { type AggregateDelta, addContribution } from '../../aggregates/contribution.ts';
import { addDelta, type Delta } from '../../aggregates/delta.ts';
import { unpackDelta } from '../../aggregates/packDelta.ts';
import type { RawRecord } from '../../ingest/rawRecords.ts';
import { type AggregateDocument, keysOfPart, partsUnder } from '../aggregates/aggregateSchema.ts';
import { inPartsTransaction } from '../aggregates/inPartsTransaction.ts';
import type { PartsWriter } from '../aggregates/partsWriter.ts';
import { splitParts } from '../aggregates/splitParts.ts';
import { subtract } from '../aggregates/subtract.ts';
import type { Models } from '../database.ts';
import type { FindPhrases } from '../discovery/countPhrases.ts';
import { forgetPhrases } from '../discovery/forgetPhrases.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { deleteAll } from '../mongodb/bulkWrites.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import type { ErasureDocument, ErasureSubject, Removed } from './erasureSchema.ts';

export type PendingErasure = Pick<ErasureDocument, '_id' | 'acceptedUntil'> & { subject: ErasureSubject };

/** Matches what an erasure is about. */
export function feedbackOf({ what, id, orgId }: ErasureSubject): Record<string, unknown> {
  const inOrg = orgId === null ? {} : { orgId };
  switch (what) {
    case 'org':
      return { orgId: id };
    case 'user':
      return { userId: id, ...inOrg };
    case 'session':
      return { sessionId: id, ...inOrg };
    case 'feedback':
      // The same id of every key that is bound to an org, as far as the org is not said.
      return { _id: { $gte: id, $lt: `${id}!` }, ...inOrg };
  }
}

/** A single feedback is meant whenever it was accepted. */
function remainingFilter({ subject, acceptedUntil }: PendingErasure): Record<string, unknown> {
  const matching = feedbackOf(subject);
  return subject.what === 'feedback' ? matching : { ...matching, acceptedAt: { $lte: acceptedUntil } };
}

/** The ids of what is left to erase, in chunks. */
export async function* findErasable(
  models: Models,
  erasure: PendingErasure,
  size: number,
): AsyncGenerator<string[]> {
  const found = models.feedback
    .find(remainingFilter(erasure), { _id: 1 })
    .lean<{ _id: string }[]>()
    .cursor({ batchSize: size });
  let ids: string[] = [];
  for await (const { _id } of found) {
    ids.push(_id);
    if (ids.length < size) continue;
    yield ids;
    ids = [];
  }
  if (ids.length > 0) yield ids;
}

/** Whether nothing is left. Asked in a transaction, which sees all that was committed before, also after a failover. */
export function isComplete(models: Models, erasure: PendingErasure): Promise<boolean> {
  return inTransaction(
    models,
    async (session) => (await models.feedback.exists(remainingFilter(erasure)).session(session)) === null,
  );
}

/**
 * Deletes feedback, takes it out of the aggregates and out of discovery, and counts it as removed, all in one transaction:
 * the totals are exact before and after it. What is gone already is left alone, so it can be called again with the same ids.
 *
 * @returns how many feedback it deleted
 */
export function eraseChunk(
  models: Models,
  parts: PartsWriter,
  find: FindPhrases,
  erasure: PendingErasure,
  ids: readonly string[],
): Promise<number> {
  return inPartsTransaction(models, parts, async (transaction) => {
    const documents = await models.feedback
      .find({ _id: { $in: ids }, $and: [remainingFilter(erasure)] }, null, { session: transaction })
      .lean<FeedbackDocument[]>();
    if (documents.length === 0) return { result: 0 };
    const gains = new Map<string, AggregateDelta>();
    for (const document of documents) addContribution(gains, document, -1);
    await deleteAll(
      models.feedback,
      documents.map(({ _id }) => _id),
      transaction,
    );
    const sketches = await forgetPhrases(models, documents, find, transaction);
    const aggregates = await subtract(models, gains, documents, transaction);
    const removed = { feedback: documents.length, aggregates, sketches };
    await recordRemoved(models, erasure._id, removed, transaction);
    return { result: documents.length, staged: await parts.stage([...gains.values()], transaction) };
  });
}

export async function recordRemoved(
  models: Models,
  erasureId: string,
  removed: Partial<Removed>,
  session?: Transaction,
): Promise<void> {
  const counts = Object.entries(removed).filter(([, count]) => count > 0);
  if (counts.length === 0) return;
  await models.erasures.collection.updateOne(
    { _id: erasureId as never },
    { $inc: Object.fromEntries(counts.map(([store, count]) => [`removed.${store}`, count])) },
    { ...(session && { session }) },
  );
}

/**
 * Removes the parts that name an erased user, session or org and add up to nothing: those that were left before emptied
 * aggregates went by themselves. What counts anything is of feedback that was accepted since, and stays.
 */
export async function removeEmptyAggregates(
  models: Models,
  { _id: id, subject }: PendingErasure,
): Promise<void> {
  const words = { user: ['user'], session: ['session'], org: ['org', 'org-day'], feedback: [] }[subject.what];
  const ends = subject.what === 'org' || subject.orgId === null ? '' : ` ${pathWord(subject.orgId)}`;
  for (const word of words) {
    const path = `${word} ${pathWord(subject.id)}${ends}`;
    await inTransaction(models, async (session) => {
      const found = await models.aggregates
        .find({ $or: partsUnder(path) }, null, { session })
        .lean<AggregateDocument[]>();
      const sums = new Map<string, Delta>();
      for (const part of found)
        for (const key of keysOfPart(part)) {
          if (!`${key.path} `.startsWith(`${path} `)) continue;
          sums.set(key.path, addDelta(sums.get(key.path) ?? new Map(), unpackDelta(part)));
        }
      const empty = new Set([...sums].filter(([, sum]) => sum.size === 0).map(([of]) => of));
      await deleteAll(models.aggregates, await splitParts(models, found, empty, session), session);
      await recordRemoved(models, id, { aggregates: empty.size }, session);
    });
  }
}

/** Whether a record in a queue, which may be broken, is meant. */
export function matchesErasure({ subject, acceptedUntil }: PendingErasure, record: RawRecord): boolean {
  const { what, id, orgId } = subject;
  const named = { user: record.userId, session: record.sessionId, feedback: record.id, org: record.orgId }[
    what
  ];
  if (named !== id || (orgId !== null && record.orgId !== orgId)) return false;
  return what === 'feedback' || record.acceptedAt <= acceptedUntil.getTime();
}
