import { randomBytes } from 'node:crypto';
import { COMMAND_LINE, recordAuditEvent } from '../audit/auditLog.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { afterPosition } from '../mongodb/keysetPage.ts';
import { hashToken } from '../token.ts';
import type { AccessKeyDocument, Scope } from './keySchema.ts';

export interface NewKey {
  scope: Scope;
  orgId?: string | null | undefined;
  name?: string | undefined;
  expiresAt?: Date | null | undefined;
  /** makes a browser key: it sends from these origins and does nothing else */
  origins?: readonly string[] | undefined;
}

/** A new key. `key` is stored nowhere. */
export interface MadeKey {
  id: string;
  key: string;
  stored: AccessKeyDocument;
}

/** The key cannot be rotated; the message gives the reason. */
export class NotRotatable extends Error {
  override name = 'NotRotatable';
}

/** Creates a key and stores its hash. */
export async function createAccessKey(models: Models, input: NewKey, actor: Actor = COMMAND_LINE): Promise<MadeKey> {
  const created = newKey(input, { replaces: null, now: new Date() });
  const { scope, origins, expiresAt } = created.stored;
  const details = { scope, origins: origins.join(' '), expiresAt: expiresAt?.toISOString() ?? null };
  await inTransaction(models, async (transaction) => {
    await models.accessKeys.create([created.stored], { session: transaction });
    await recordAuditEvent(models, { ...eventOn(created.stored, actor, 'key.create'), details }, transaction);
  });
  return created;
}

/**
 * Creates a key with the scope, org, origins and lifetime of an existing one. The existing key stays valid for
 * `overlapMs`, so that its holders can switch.
 *
 * @param target.orgId only a key that is bound to this org is found
 * @param target.endsBy latest end of the new key
 * @returns undefined if there is no such key
 * @throws NotRotatable if the key is not valid any more, or was rotated already
 */
export function rotateAccessKey(
  models: Models,
  target: { id: string; orgId?: string | undefined; overlapMs: number; endsBy?: Date | undefined; now?: Date },
  actor: Actor = COMMAND_LINE,
): Promise<MadeKey | undefined> {
  const { id, overlapMs, endsBy, now = new Date() } = target;
  return inTransaction(models, async (transaction) => {
    const rotated = await findKey(models, target, transaction);
    if (!rotated) return undefined;
    if (!isValid(rotated, now)) throw new NotRotatable(`The key ${id} is not valid any more. Create a new one.`);
    const replacement = await models.accessKeys
      .findOne({ replaces: id, revokedAt: null })
      .session(transaction)
      .lean<AccessKeyDocument | null>();
    if (replacement)
      throw new NotRotatable(`The key ${id} was replaced by ${replacement._id} already. Rotate or revoke that one.`);
    const { scope, orgId, name, origins } = rotated;
    const lifetimeMs = rotated.expiresAt ? rotated.expiresAt.getTime() - rotated.createdAt.getTime() : Infinity;
    const expiresAt = earliest(now.getTime() + lifetimeMs, endsBy?.getTime() ?? Infinity);
    const created = newKey({ scope, orgId, name, origins, expiresAt }, { replaces: id, now });
    const validUntil = earliest(now.getTime() + overlapMs, rotated.expiresAt?.getTime() ?? Infinity);
    // Concurrent rotations of one key conflict in this document, so only one of them creates a key.
    await models.accessKeys.updateOne({ _id: id }, { expiresAt: validUntil }, { session: transaction });
    await models.accessKeys.create([created.stored], { session: transaction });
    const details = { followedBy: created.stored._id, validUntil: validUntil?.toISOString() ?? null };
    await recordAuditEvent(models, { ...eventOn(rotated, actor, 'key.rotate'), details }, transaction);
    return created;
  });
}

/** The earliest of some times in ms; null if all are infinite. */
function earliest(...timesMs: number[]): Date | null {
  const firstMs = Math.min(...timesMs);
  return Number.isFinite(firstMs) ? new Date(firstMs) : null;
}

/** Revokes a key. Returns undefined if there is no such key; a revoked key is left unchanged. */
export function revokeAccessKey(
  models: Models,
  target: { id: string; orgId?: string | undefined },
  actor: Actor = COMMAND_LINE,
): Promise<{ stored: AccessKeyDocument; wasRevoked: boolean } | undefined> {
  return inTransaction(models, async (transaction) => {
    const stored = await findKey(models, target, transaction);
    if (!stored) return undefined;
    if (stored.revokedAt) return { stored, wasRevoked: true };
    const revokedAt = new Date();
    await models.accessKeys.updateOne({ _id: target.id }, { revokedAt }, { session: transaction });
    await recordAuditEvent(models, eventOn(stored, actor, 'key.revoke'), transaction);
    return { stored: { ...stored, revokedAt }, wasRevoked: false };
  });
}

/** Keys, newest first. `orgId`: only those bound to this org. `limit` 0: no limit. */
export async function listAccessKeys(
  models: Models,
  options: { orgId?: string | undefined; limit?: number; after?: { createdAt: Date; id: string } | undefined } = {},
): Promise<AccessKeyDocument[]> {
  const { orgId, limit = 0, after } = options;
  const keys = await models.accessKeys
    .find({
      ...(orgId !== undefined && { orgId }),
      ...(after && afterPosition('createdAt', { value: after.createdAt, id: after.id }, { value: -1, id: -1 })),
    })
    .sort({ createdAt: -1, _id: -1 })
    .limit(limit)
    .lean<AccessKeyDocument[]>();
  return keys.map(withDefaults);
}

/** All keys that are valid at `now`. */
export async function findValidKeys(models: Models, now: Date): Promise<AccessKeyDocument[]> {
  const keys = await models.accessKeys
    .find({ revokedAt: null, $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }] })
    .lean<AccessKeyDocument[]>();
  return keys.map(withDefaults);
}

/** Stores the time of the last use of keys, by id. */
export async function recordUse(models: Models, uses: ReadonlyMap<string, Date>): Promise<void> {
  await models.accessKeys.bulkWrite(
    [...uses].map(([_id, lastUsedAt]) => ({ updateOne: { filter: { _id }, update: { $max: { lastUsedAt } } } })),
    { ordered: false },
  );
}

export function isValid({ revokedAt, expiresAt }: AccessKeyDocument, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

async function findKey(
  models: Models,
  { id, orgId }: { id: string; orgId?: string | undefined },
  transaction: Transaction,
): Promise<AccessKeyDocument | undefined> {
  const key = await models.accessKeys
    .findOne({ _id: id, ...(orgId !== undefined && { orgId }) })
    .session(transaction)
    .lean<AccessKeyDocument | null>();
  return key ? withDefaults(key) : undefined;
}

const DEFAULTS = { expiresAt: null, origins: [], replaces: null, lastUsedAt: null };

/** Adds the fields that keys of earlier versions lack. */
function withDefaults(stored: AccessKeyDocument): AccessKeyDocument {
  return { ...DEFAULTS, ...stored };
}

/** Generates a key. Its prefix gives its scope; `ft_public_` marks a browser key, which is no secret. */
function newKey(input: NewKey, { replaces, now }: { replaces: string | null; now: Date }): MadeKey {
  const { scope, orgId = null, name = '', expiresAt = null, origins = [] } = input;
  const prefix = origins.length > 0 ? 'public' : scope;
  const key = `ft_${prefix}_${randomBytes(24).toString('base64url')}`;
  const stored: AccessKeyDocument = {
    _id: randomBytes(6).toString('hex'),
    hash: hashToken(key),
    scope,
    orgId,
    name,
    createdAt: now,
    revokedAt: null,
    expiresAt,
    origins: [...origins],
    replaces,
    lastUsedAt: null,
  };
  return { id: stored._id, key, stored };
}

const eventOn = ({ _id: target, orgId }: AccessKeyDocument, actor: Actor, action: string) => ({
  actor,
  action,
  target,
  orgId,
});
