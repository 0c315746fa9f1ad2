import { pathWord } from '../../aggregates/aggregateKey.ts';
import { type AggregateDelta, addContribution } from '../../aggregates/contribution.ts';
import { addDelta, type Delta } from '../../aggregates/delta.ts';
import { unpackDelta } from '../../aggregates/packDelta.ts';
import type { RawRecord } from '../../ingest/rawRecords.ts';
import { keysOfPart, partsUnder } from '../aggregates/aggregateSchema.ts';
import { inPartsTransaction } from '../aggregates/inPartsTransaction.ts';
import type { PartsWriter } from '../aggregates/partsWriter.ts';
import { prepareSubtraction, subtractionsOf } from '../aggregates/prepareSubtraction.ts';
import { splitParts } from '../aggregates/splitParts.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { deleteAll, findAll, idsOf } from '../mongodb/bulkWrites.ts';
import { chunksOf } from '../mongodb/chunksOf.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { noteForSearch } from '../search/noteForSearch.ts';
import type { ErasureDocument, ErasureSubject, Removed } from './erasureSchema.ts';

/** An erasure that is not finished. Its subject is deleted when it finishes, so it is still stored. */
export type PendingErasure = Pick<ErasureDocument, '_id' | 'acceptedUntil'> & { subject: ErasureSubject };

/** Filter for the feedback of a subject, regardless of the time when it was accepted. */
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
      // Without an org, the id is erased in every org, and where there is none.
      return { _id: { $gte: id, $lt: `${id}!` }, ...inOrg };
  }
}

/** Filter for the feedback still to erase. A single feedback is erased regardless of that time. */
function remainingFilter({ subject, acceptedUntil }: PendingErasure): Record<string, unknown> {
  const matching = feedbackOf(subject);
  return subject.what === 'feedback' ? matching : { ...matching, acceptedAt: { $lte: acceptedUntil } };
}

export type Erasable = Pick<FeedbackDocument, '_id' | 'orgId'>;

/** The feedback still to erase, in chunks of `size`. */
export function findErasable(models: Models, erasure: PendingErasure, size: number): AsyncGenerator<Erasable[]> {
  const found = models.feedback
    .find(remainingFilter(erasure), { orgId: 1 })
    .lean<Erasable[]>()
    .cursor({ batchSize: size });
  return chunksOf<Erasable>(found, size);
}

/**
 * Whether no feedback is left to erase. A read in a transaction sees every earlier commit, even after a failover.
 */
export function isComplete(models: Models, erasure: PendingErasure): Promise<boolean> {
  return inTransaction(
    models,
    async (transaction) => (await models.feedback.exists(remainingFilter(erasure)).session(transaction)) === null,
  );
}

/** Removes deleted feedback from discovery in the transaction that deletes it; returns how many sketches changed. */
export type ForgetPhrases = (deleted: readonly FeedbackDocument[], transaction: Transaction) => Promise<number>;

/**
 * Deletes feedback, subtracts it from the aggregates and from discovery, and adds to the erasure's counts, in one
 * transaction. Totals are exact before and after the transaction. Calling it again with the same ids does nothing.
 *
 * @returns how many feedback it deleted
 */
export function eraseChunk(
  models: Models,
  parts: PartsWriter,
  forgetPhrases: ForgetPhrases,
  erasure: PendingErasure,
  ids: readonly string[],
): Promise<number> {
  return inPartsTransaction(models, parts, async (transaction) => {
    const filter = { _id: { $in: ids }, $and: [remainingFilter(erasure)] };
    const documents = await findAll(models.feedback, filter, transaction);
    if (documents.length === 0) return { result: 0 };
    const deltas = new Map<string, AggregateDelta>();
    for (const document of documents) addContribution(deltas, document, -1);
    await deleteAll(models.feedback, idsOf(documents), transaction);
    const sketches = await forgetPhrases(documents, transaction);
    await noteForSearch(models, documents, transaction, { isErasure: true });
    const aggregates = await prepareSubtraction(models, deltas, subtractionsOf(documents), transaction);
    const removed = { feedback: documents.length, aggregates, sketches };
    await recordRemoved(models, erasure._id, removed, transaction);
    return { result: documents.length, staged: await parts.stage([...deltas.values()], transaction) };
  });
}

/** Adds to the counts of an erasure. */
export async function recordRemoved(
  models: Models,
  erasureId: string,
  removed: Partial<Removed>,
  transaction?: Transaction,
): Promise<void> {
  const counts = Object.entries(removed).filter(([, count]) => count > 0);
  if (counts.length === 0) return;
  await models.erasures.collection.updateOne(
    { _id: erasureId as never },
    { $inc: Object.fromEntries(counts.map(([store, count]) => [`removed.${store}`, count])) },
    { ...(transaction && { session: transaction }) },
  );
}

/**
 * Removes aggregates of an erased user, session or org that add up to nothing. Earlier versions left such aggregates
 * behind. An aggregate that still counts something counts feedback accepted after the request, and stays.
 */
export async function removeEmptyAggregates(models: Models, { _id: id, subject }: PendingErasure): Promise<void> {
  const kinds = { user: ['user'], session: ['session'], org: ['org', 'org-day', 'org-zone-day'], feedback: [] }[
    subject.what
  ];
  const suffix = subject.what === 'org' || subject.orgId === null ? '' : ` ${pathWord(subject.orgId)}`;
  for (const kind of kinds) {
    const path = `${kind} ${pathWord(subject.id)}${suffix}`;
    await inTransaction(models, async (transaction) => {
      const found = await findAll(models.aggregates, { $or: partsUnder(path) }, transaction);
      const sums = new Map<string, Delta>();
      for (const part of found)
        for (const key of keysOfPart(part)) {
          if (!`${key.path} `.startsWith(`${path} `)) continue;
          sums.set(key.path, addDelta(sums.get(key.path) ?? new Map(), unpackDelta(part)));
        }
      const empty = new Set([...sums].filter(([, sum]) => sum.size === 0).map(([key]) => key));
      const emptyParts = await splitParts(models, found, empty, transaction);
      await deleteAll(models.aggregates, emptyParts, transaction);
      await recordRemoved(models, id, { aggregates: empty.size }, transaction);
    });
  }
}

/** Whether an erasure covers a record in a queue, which may be malformed. */
export function matchesErasure({ subject, acceptedUntil }: PendingErasure, record: RawRecord): boolean {
  const { what, id, orgId } = subject;
  const recordId = { user: record.userId, session: record.sessionId, feedback: record.id, org: record.orgId }[what];
  if (recordId !== id || (orgId !== null && record.orgId !== orgId)) return false;
  return what === 'feedback' || record.acceptedAt <= acceptedUntil.getTime();
}
