import { v7 as uuidv7 } from 'uuid';
import { recordAuditEvent } from '../audit/auditLog.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { idsOf } from '../mongodb/bulkWrites.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { type Erasable, feedbackOf } from './eraseFeedback.ts';
import { revokeKeysOfOrg } from './eraseOrgSettings.ts';
import {
  type ErasureDocument,
  type ErasureSubject,
  NOTHING_REMOVED,
  type Receipt,
  type SignedReceipt,
} from './erasureSchema.ts';
import { readErasureSecrets } from './erasureSecrets.ts';
import { signReceipt } from './receipt.ts';
import { setTombstones } from './setTombstones.ts';
import { hashOf, idInOrg, tombstoneId } from './tombstoneSchema.ts';

/** Max time in ms until every API process refuses a revoked key. */
const KEY_REVOCATION_MS = 2_000;

/**
 * Stores an erasure of the feedback accepted until `now`, and revokes an org's keys. A repeated request creates
 * another erasure, which finds less to remove. Workers find stored erasures by themselves within half a minute.
 */
export async function requestErasure(
  models: Models,
  subject: ErasureSubject,
  actor: Actor,
  now = new Date(),
): Promise<ErasureDocument> {
  const { tombstoneKey } = await readErasureSecrets(models);
  const { what, id } = subject;
  const isOrg = what === 'org';
  // An org is in no org.
  const storedSubject: ErasureSubject = isOrg ? { what, id, orgId: null } : subject;
  const keys = isOrg ? await revokeKeysOfOrg(models, id) : 0;
  const erasure: ErasureDocument = {
    _id: uuidv7(),
    what,
    orgId: isOrg ? id : subject.orgId,
    hash: tombstoneId(tombstoneKey, hashOf(tombstoneKey, what, id), storedSubject.orgId),
    subject: storedSubject,
    acceptedUntil: new Date(now.getTime() + (isOrg ? KEY_REVOCATION_MS : 0)),
    requestedAt: now,
    startedAt: null,
    finishedAt: null,
    total: 0,
    removed: { ...NOTHING_REMOVED, keys },
    receipt: null,
  };
  await inTransaction(models, async (transaction) => {
    await models.erasures.create([erasure], { session: transaction });
    const event = { actor, action: 'erasure.request', target: erasure._id, orgId: erasure.orgId };
    await recordAuditEvent(models, { ...event, details: { what } }, transaction);
  });
  return erasure;
}

export function findErasure(models: Models, id: string): Promise<ErasureDocument | null> {
  return models.erasures.findById(id).lean<ErasureDocument | null>();
}

/** Erasures, newest first. `orgId` restricts them to those that keys of the org may see. */
export function listErasures(
  models: Models,
  { orgId, limit, after }: { orgId: string | undefined; limit: number; after?: string | undefined },
): Promise<ErasureDocument[]> {
  const filter = { ...(orgId !== undefined && { orgId }), ...(after !== undefined && { _id: { $lt: after } }) };
  return models.erasures.find(filter).sort({ _id: -1 }).limit(limit).lean<ErasureDocument[]>();
}

/** Ids of the erasures that are not finished, oldest first, 1,000 at most. */
export async function pendingErasureIds(models: Models): Promise<string[]> {
  const found = await models.erasures.find({ finishedAt: null }, { _id: 1 }).sort({ _id: 1 }).limit(1_000).lean();
  return idsOf(found);
}

/** Orgs with an erasure that is not finished, as the transaction sees them. */
export async function orgsBeingErased(models: Models, transaction: Transaction): Promise<string[]> {
  const found = await models.erasures
    .find({ finishedAt: null, what: 'org' }, { orgId: 1 }, { session: transaction })
    .lean<{ orgId: string }[]>();
  return found.map(({ orgId }) => orgId);
}

/** Counts the feedback that an erasure would remove (dry run). */
export async function previewErasure(models: Models, subject: ErasureSubject) {
  const filter = feedbackOf(subject);
  const endOf = (direction: 1 | -1) =>
    models.feedback.findOne(filter, { createdAt: 1 }).sort({ createdAt: direction }).lean<{ createdAt: Date } | null>();
  const [feedback, orgs, first, last] = await Promise.all([
    models.feedback.countDocuments(filter),
    models.feedback.distinct('orgId', filter),
    endOf(1),
    endOf(-1),
  ]);
  return {
    feedback,
    orgs: orgs.filter((org): org is string => typeof org === 'string'),
    firstAt: first?.createdAt ?? null,
    lastAt: last?.createdAt ?? null,
  };
}

/** First step: sets the tombstone, so that no more feedback of the subject is stored. Can be repeated. */
export async function beginErasure(models: Models, erasure: ErasureDocument, subject: ErasureSubject) {
  await setTombstones(models, [{ ...subject, acceptedUntil: erasure.acceptedUntil }]);
  if (erasure.startedAt) return;
  const total = await models.feedback.countDocuments(feedbackOf(subject));
  await models.erasures.updateOne({ _id: erasure._id, startedAt: null }, { startedAt: new Date(), total });
}

/** Sets a tombstone for each feedback, so that the same id, sent again later in the same org, is dropped. */
export function setFeedbackTombstones(
  models: Models,
  feedback: readonly Erasable[],
  acceptedUntil: Date,
): Promise<void> {
  return setTombstones(
    models,
    feedback.map((one) => ({ what: 'feedback', id: idInOrg(one), orgId: null, acceptedUntil })),
  );
}

/** Last step: deletes the subject from the erasure, and stores the signed receipt. Can be repeated. */
export async function finishErasure(models: Models, id: string): Promise<SignedReceipt | null> {
  const secrets = await readErasureSecrets(models);
  const found = await findErasure(models, id);
  if (!found || found.finishedAt) return found?.receipt ?? null;
  const finishedAt = new Date();
  const receipt: Receipt = {
    version: 1,
    id,
    what: found.what,
    subject: found.hash,
    requestedAt: found.requestedAt.toISOString(),
    acceptedUntil: found.acceptedUntil.toISOString(),
    finishedAt: finishedAt.toISOString(),
    removed: found.removed,
  };
  const signed = signReceipt(receipt, secrets);
  await models.erasures.updateOne(
    { _id: id, finishedAt: null },
    { $set: { finishedAt, receipt: signed }, $unset: { subject: '' } },
  );
  return signed;
}
