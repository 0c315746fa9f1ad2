import { createHash, randomBytes } from 'node:crypto';
import type { AccessKeyDocument, Scope } from './accessKey.ts';
import type { Models } from './database.ts';

export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

export interface NewKey {
  scope: Scope;
  orgId?: string | undefined;
  name?: string | undefined;
}

/** Makes a key and stores its hash. The key itself is in the result and nowhere else. */
export async function createAccessKey(
  models: Models,
  { scope, orgId, name }: NewKey,
): Promise<{ id: string; key: string }> {
  const key = `ft_${scope}_${randomBytes(24).toString('base64url')}`;
  const id = randomBytes(6).toString('hex');
  await models.accessKeys.create({
    _id: id,
    hash: hashKey(key),
    scope,
    orgId: orgId ?? null,
    name: name ?? '',
    createdAt: new Date(),
    revokedAt: null,
  });
  return { id, key };
}

export function listAccessKeys(models: Models): Promise<AccessKeyDocument[]> {
  return models.accessKeys.find().sort({ createdAt: 1 }).lean<AccessKeyDocument[]>();
}

/** Says whether there was such a key to revoke. */
export async function revokeAccessKey(models: Models, id: string): Promise<boolean> {
  const result = await models.accessKeys.updateOne({ _id: id, revokedAt: null }, { revokedAt: new Date() });
  return result.modifiedCount === 1;
}
