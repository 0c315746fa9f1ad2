import type { Model } from 'mongoose';
import { recordAuditEvent } from './audit/auditLog.ts';
import type { Actor, AuditEntryDocument } from './audit/auditSchema.ts';
import type { Models } from './database.ts';
import { isDuplicate } from './mongodb/errors.ts';
import { inTransaction, type Transaction } from './mongodb/inTransaction.ts';
import type { ScopeVersion } from './scopeVersionSchema.ts';

/** The edited version is not the latest any more (optimistic concurrency). */
export class OutdatedVersion extends Error {
  override name = 'OutdatedVersion';
}

/** The latest version of a scope, or null. */
export function latestVersion<Version extends ScopeVersion>(
  versions: Model<Version>,
  orgId: string | null,
): Promise<Version | null> {
  return versions.findOne<Version>({ orgId }).sort({ version: -1 }).lean<Version | null>().exec();
}

/**
 * Stores the next version of a scope, which takes effect, and an audit event. Stores nothing if `edited` is not the
 * latest version.
 *
 * @returns the new version
 * @throws OutdatedVersion
 */
export async function saveVersion<Version extends ScopeVersion>(
  models: Models,
  versions: Model<Version>,
  change: {
    orgId: string | null;
    edited: number;
    values: Omit<Version, keyof ScopeVersion>;
    actor: Actor;
    now: Date;
    action: string;
    details: AuditEntryDocument['details'];
    outdated(latest: number): string;
    /** Further writes of the same transaction. */
    also?: (transaction: Transaction) => Promise<void>;
  },
): Promise<number> {
  const { orgId, edited, values, actor, now, action, details, outdated, also } = change;
  const requireLatest = async () => {
    const latest = (await latestVersion(versions, orgId))?.version ?? 0;
    if (latest !== edited) throw new OutdatedVersion(outdated(latest));
  };
  await requireLatest();
  const version = edited + 1;
  const document = { _id: `${orgId ?? ''} ${version}`, orgId, version, createdAt: now, by: actor.id || actor.kind };
  try {
    await inTransaction(models, async (transaction) => {
      await versions.create([{ ...document, ...values } as never], { session: transaction });
      const event = { actor, action, target: orgId ?? '', orgId, details: { version, ...details } };
      await recordAuditEvent(models, event, transaction);
      await also?.(transaction);
    });
  } catch (error) {
    if (isDuplicate(error)) await requireLatest();
    throw error;
  }
  return version;
}
