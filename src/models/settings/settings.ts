import { recordAuditEvent } from '../audit/auditLog.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { isDuplicate } from '../mongodb/errors.ts';
import { inTransaction } from '../mongodb/inTransaction.ts';
import { DEFAULT_SETTINGS, type OrgSettingDocument, type OrgSettings } from './settingsSchema.ts';

/** The edited version is not the latest any more (optimistic concurrency). */
export class OutdatedSettings extends Error {
  override name = 'OutdatedSettings';

  constructor(edited: number, latest: number) {
    super(`The settings are at version ${latest}, and version ${edited} was edited. Read them, and edit again.`);
  }
}

/** The latest version of a scope's own settings, or null. */
export function latestSettings(
  models: Pick<Models, 'orgSettings'>,
  orgId: string | null,
): Promise<OrgSettingDocument | null> {
  return models.orgSettings.findOne({ orgId }).sort({ version: -1 }).lean<OrgSettingDocument | null>();
}

/** A scope's own settings, the effective ones (`inForce`), and the version that an edit must name. */
export async function settingsOf(models: Pick<Models, 'orgSettings'>, orgId: string | null) {
  const own = await latestSettings(models, orgId);
  const deployment = orgId === null ? null : await latestSettings(models, null);
  return {
    orgId,
    version: own?.version ?? 0,
    redaction: own?.redaction ?? null,
    retention: own?.retention ?? null,
    inForce: effectiveSettings(own, deployment),
    createdAt: own?.createdAt ?? null,
    by: own?.by ?? null,
  };
}

type OwnSettings = Partial<Pick<OrgSettingDocument, 'redaction' | 'retention'>> | null | undefined;

/** For each setting, the value of the first scope that sets it, else the default. */
export function effectiveSettings(...scopes: OwnSettings[]): OrgSettings {
  const firstSet = <Name extends keyof OrgSettings>(name: Name) =>
    scopes.map((scope) => scope?.[name]).find((value) => value !== null && value !== undefined) as
      | OrgSettings[Name]
      | undefined;
  return {
    redaction: firstSet('redaction') ?? DEFAULT_SETTINGS.redaction,
    retention: firstSet('retention') ?? DEFAULT_SETTINGS.retention,
  };
}

export interface SettingsChange extends Pick<OrgSettingDocument, 'orgId' | 'redaction' | 'retention'> {
  /** the version that was edited */
  edited: number;
  actor: Actor;
}

/**
 * Stores the next version of a scope's settings, which takes effect, and an audit event. Stores nothing if `edited`
 * is not the latest version.
 *
 * @returns the new version
 * @throws OutdatedSettings
 */
export async function saveSettings(
  models: Pick<Models, 'orgSettings' | 'auditLog' | 'connection'>,
  { orgId, edited, redaction, retention, actor }: SettingsChange,
): Promise<number> {
  const latestVersion = async () => (await latestSettings(models, orgId))?.version ?? 0;
  const latest = await latestVersion();
  if (latest !== edited) throw new OutdatedSettings(edited, latest);
  const version = edited + 1;
  const by = actor.id || actor.kind;
  const document = {
    _id: `${orgId ?? ''} ${version}`,
    orgId,
    version,
    redaction,
    retention,
    createdAt: new Date(),
    by,
  };
  try {
    await inTransaction(models, async (transaction) => {
      await models.orgSettings.create([document], { session: transaction });
      const details = { version, redaction, retention: retention && JSON.stringify(retention) };
      await recordAuditEvent(
        models,
        { actor, action: 'settings.put', target: orgId ?? '', orgId, details },
        transaction,
      );
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new OutdatedSettings(edited, await latestVersion());
  }
  return version;
}
