import { v7 as uuidv7 } from 'uuid';
import { recordAuditEvent } from '../audit/auditLog.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { feedbackOf } from './eraseFeedback.ts';
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
import { hashOf, tombstoneId } from './tombstoneSchema.ts';

/** By then every API has taken up that a key was revoked. */
const KEYS_SETTLE_MS = 2_000;

/**
 * Writes down that an erasure is asked for, of what was accepted by now. Asking again makes another one, which finds less to
 * remove.
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
  // An id is bound to its kind alone: an org is not in an org.
  const settled: ErasureSubject = isOrg ? { what, id, orgId: null } : subject;
  const keys = isOrg ? await revokeKeysOfOrg(models, id) : 0;
  const erasure: ErasureDocument = {
    _id: uuidv7(),
    what,
    orgId: isOrg ? id : subject.orgId,
    hash: tombstoneId(tombstoneKey, hashOf(tombstoneKey, what, id), settled.orgId),
    subject: settled,
    acceptedUntil: new Date(now.getTime() + (isOrg ? KEYS_SETTLE_MS : 0)),
    requestedAt: now,
    startedAt: null,
    finishedAt: null,
    total: 0,
    removed: { ...NOTHING_REMOVED, keys },
    receipt: null,
  };
  await inTransaction(models, async (session) => {
    await models.erasures.create([erasure], { session });
    const act = { actor, action: 'erasure.request', target: erasure._id, orgId: erasure.orgId };
    await recordAuditEvent(models, { ...act, details: { what } }, session);
  });
  return erasure;
}

export function findErasure(models: Models, id: string): Promise<ErasureDocument | null> {
  return models.erasures.findById(id).lean<ErasureDocument | null>();
}

/** Newest first; `orgId` narrows them to what keys of that org may see. */
export function listErasures(
  models: Models,
  { orgId, limit, after }: { orgId: string | undefined; limit: number; after?: string | undefined },
): Promise<ErasureDocument[]> {
  const filter = {
    ...(orgId !== undefined && { orgId }),
    ...(after !== undefined && { _id: { $lt: after } }),
  };
  return models.erasures.find(filter).sort({ _id: -1 }).limit(limit).lean<ErasureDocument[]>();
}

/** Those that are not done, the oldest first: what nobody may have in a queue. */
export async function unfinishedErasures(models: Models): Promise<string[]> {
  const found = await models.erasures
    .find({ finishedAt: null }, { _id: 1 })
    .sort({ _id: 1 })
    .limit(1_000)
    .lean();
  return found.map(({ _id }) => _id);
}

/** Orgs whose erasure was asked for and is not done, as a transaction sees it. */
export async function orgsBeingErased(models: Models, session: Transaction): Promise<string[]> {
  const found = await models.erasures
    .find({ finishedAt: null, what: 'org' }, { orgId: 1 }, { session })
    .lean<{ orgId: string }[]>();
  return found.map(({ orgId }) => orgId);
}

/** What an erasure would remove. */
export async function previewErasure(models: Models, subject: ErasureSubject) {
  const filter = feedbackOf(subject);
  const at = (direction: 1 | -1) =>
    models.feedback
      .findOne(filter, { createdAt: 1 })
      .sort({ createdAt: direction })
      .lean<{ createdAt: Date } | null>();
  const [feedback, orgs, first, last] = await Promise.all([
    models.feedback.countDocuments(filter),
    models.feedback.distinct('orgId', filter),
    at(1),
    at(-1),
  ]);
  return {
    feedback,
    orgs: orgs.filter((org): org is string => typeof org === 'string'),
    firstAt: first?.createdAt ?? null,
    lastAt: last?.createdAt ?? null,
  };
}

/** The first step: from here on nothing that is meant will be stored. */
export async function beginErasure(models: Models, erasure: ErasureDocument, subject: ErasureSubject) {
  const { tombstoneKey } = await readErasureSecrets(models);
  await setTombstones(models, tombstoneKey, [{ ...subject, acceptedUntil: erasure.acceptedUntil }]);
  if (erasure.startedAt) return;
  const total = await models.feedback.countDocuments(feedbackOf(subject));
  await models.erasures.updateOne({ _id: erasure._id, startedAt: null }, { startedAt: new Date(), total });
}

/** Keeps an erased id from coming back under whatever name: sent again by an app, it is dropped. */
export async function setFeedbackTombstones(
  models: Models,
  ids: readonly string[],
  acceptedUntil: Date,
): Promise<void> {
  const { tombstoneKey } = await readErasureSecrets(models);
  const burials = ids.map((id) => ({ what: 'feedback' as const, id, orgId: null, acceptedUntil }));
  await setTombstones(models, tombstoneKey, burials);
}

/** The last step: forgets what the erasure was about, and signs what it did. */
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
