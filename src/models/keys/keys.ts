import { createHash, randomBytes } from 'node:crypto';
import { COMMAND_LINE, recordAuditEvent } from '../audit/auditLog.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { afterPosition } from '../mongodb/keysetPage.ts';
import type { AccessKeyDocument, Scope } from './keySchema.ts';

export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

export interface NewKey {
  scope: Scope;
  orgId?: string | null | undefined;
  name?: string | undefined;
  expiresAt?: Date | null | undefined;
  /** makes it a key that a browser may hold: for sending from these origins, and for nothing else */
  origins?: readonly string[] | undefined;
}

/** A key at its making: the key itself is in here and nowhere else. */
export interface MadeKey {
  key: string;
  stored: AccessKeyDocument;
}

/** Why a key cannot be rotated. */
export class NotRotatable extends Error {
  override name = 'NotRotatable';
}

/** Makes a key and stores its hash. */
export async function createAccessKey(
  models: Models,
  wanted: NewKey,
  by: Actor = COMMAND_LINE,
): Promise<MadeKey & { id: string }> {
  const made = newKey(wanted, { replaces: null, now: new Date() });
  await inTransaction(models, async (session) => {
    await models.accessKeys.create([made.stored], { session });
    await recordAuditEvent(
      models,
      { ...actOn(made.stored, by, 'key.create'), details: shapeOf(made.stored) },
      session,
    );
  });
  return { id: made.stored._id, ...made };
}

/**
 * Makes a key that follows another one: of the same scope, org, origins and length of life. The other one stays valid
 * for `overlapMs`, so that those who hold it have the time to take the new one.
 *
 * @param of.orgId where there is one, only a key that is bound to it is found
 * @param of.endsBy the new one lives no longer than that
 * @returns undefined where there is no such key
 * @throws NotRotatable where it is not valid any more, or is being rotated already
 */
export function rotateAccessKey(
  models: Models,
  of: { id: string; orgId?: string | undefined; overlapMs: number; endsBy?: Date | undefined; now?: Date },
  by: Actor = COMMAND_LINE,
): Promise<MadeKey | undefined> {
  const { id, overlapMs, endsBy, now = new Date() } = of;
  return inTransaction(models, async (session) => {
    const former = await findKey(models, of, session);
    if (!former) return undefined;
    if (!isValid(former, now)) throw new NotRotatable(`The key ${id} is not valid any more. Make a new one.`);
    const follower = await models.accessKeys
      .findOne({ replaces: id, revokedAt: null })
      .session(session)
      .lean<AccessKeyDocument | null>();
    if (follower)
      throw new NotRotatable(
        `The key ${id} is followed by ${follower._id} already. Rotate or revoke that one.`,
      );
    const { scope, orgId, name, origins } = former;
    const life = former.expiresAt ? former.expiresAt.getTime() - former.createdAt.getTime() : Infinity;
    const expiresAt = earliest(now.getTime() + life, endsBy?.getTime() ?? Infinity);
    const made = newKey({ scope, orgId, name, origins, expiresAt }, { replaces: id, now });
    const end = earliest(now.getTime() + overlapMs, former.expiresAt?.getTime() ?? Infinity);
    // Rotations of one key at once meet in this document, so that only one of them makes a key.
    await models.accessKeys.updateOne({ _id: id }, { expiresAt: end }, { session });
    await models.accessKeys.create([made.stored], { session });
    const details = { followedBy: made.stored._id, validUntil: end?.toISOString() ?? null };
    await recordAuditEvent(models, { ...actOn(former, by, 'key.rotate'), details }, session);
    return made;
  });
}

function earliest(...times: number[]): Date | null {
  const first = Math.min(...times);
  return Number.isFinite(first) ? new Date(first) : null;
}

/** Ends a key. Undefined where there is no such key; one that was revoked before is left as it is. */
export function revokeAccessKey(
  models: Models,
  of: { id: string; orgId?: string | undefined },
  by: Actor = COMMAND_LINE,
): Promise<{ stored: AccessKeyDocument; wasRevoked: boolean } | undefined> {
  return inTransaction(models, async (session) => {
    const stored = await findKey(models, of, session);
    if (!stored) return undefined;
    if (stored.revokedAt) return { stored, wasRevoked: true };
    const revokedAt = new Date();
    await models.accessKeys.updateOne({ _id: of.id }, { revokedAt }, { session });
    await recordAuditEvent(models, actOn(stored, by, 'key.revoke'), session);
    return { stored: { ...stored, revokedAt }, wasRevoked: false };
  });
}

export interface KeyPosition {
  createdAt: Date;
  id: string;
}

/** Keys by their making, the latest first; of one org, or all. */
export async function listAccessKeys(
  models: Models,
  of: { orgId?: string | undefined; limit?: number; after?: KeyPosition | undefined } = {},
): Promise<AccessKeyDocument[]> {
  const { orgId, limit = 0, after } = of;
  const found = await models.accessKeys
    .find({
      ...(orgId !== undefined && { orgId }),
      ...(after &&
        afterPosition('createdAt', { value: after.createdAt, id: after.id }, { value: -1, id: -1 })),
    })
    .sort({ createdAt: -1, _id: -1 })
    .limit(limit)
    .lean<AccessKeyDocument[]>();
  return found.map(complete);
}

/** The keys that are valid now. */
export async function findValidKeys(models: Models, now: Date): Promise<AccessKeyDocument[]> {
  const found = await models.accessKeys
    .find({ revokedAt: null, $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }] })
    .lean<AccessKeyDocument[]>();
  return found.map(complete);
}

/** Writes down that keys were used. */
export async function recordUse(models: Models, uses: ReadonlyMap<string, Date>): Promise<void> {
  await models.accessKeys.bulkWrite(
    [...uses].map(([_id, lastUsedAt]) => ({
      updateOne: { filter: { _id }, update: { $max: { lastUsedAt } } },
    })),
    { ordered: false },
  );
}

export function isValid({ revokedAt, expiresAt }: AccessKeyDocument, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

async function findKey(
  models: Models,
  { id, orgId }: { id: string; orgId?: string | undefined },
  session: Transaction,
): Promise<AccessKeyDocument | undefined> {
  const found = await models.accessKeys
    .findOne({ _id: id, ...(orgId !== undefined && { orgId }) })
    .session(session)
    .lean<AccessKeyDocument | null>();
  return found ? complete(found) : undefined;
}

const NOTHING_MORE = { expiresAt: null, origins: [], replaces: null, lastUsedAt: null };

/** Keys that were stored before there was more to them have none of it. */
function complete(stored: AccessKeyDocument): AccessKeyDocument {
  return { ...NOTHING_MORE, ...stored };
}

/** What a key begins with says what it is for: one that begins with `ft_public_` is no secret. */
function newKey(wanted: NewKey, { replaces, now }: { replaces: string | null; now: Date }): MadeKey {
  const { scope, orgId = null, name = '', expiresAt = null, origins = [] } = wanted;
  const kind = origins.length > 0 ? 'public' : scope;
  const key = `ft_${kind}_${randomBytes(24).toString('base64url')}`;
  const stored: AccessKeyDocument = {
    _id: randomBytes(6).toString('hex'),
    hash: hashKey(key),
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
  return { key, stored };
}

const actOn = ({ _id: target, orgId }: AccessKeyDocument, actor: Actor, action: string) => ({
  actor,
  action,
  target,
  orgId,
});

function shapeOf({ scope, origins, expiresAt }: AccessKeyDocument) {
  return { scope, origins: origins.join(' '), expiresAt: expiresAt?.toISOString() ?? null };
}
