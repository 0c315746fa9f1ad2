import { recordAuditEvent } from '../audit/auditLog.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { isDuplicate } from '../mongodb/errors.ts';
import { inTransaction } from '../mongodb/inTransaction.ts';
import { DEFAULT_SETTINGS, type OrgSettingDocument, type OrgSettings } from './settingsSchema.ts';

/** Somebody else has made a version since the one that was edited. */
export class OutdatedSettings extends Error {
  override name = 'OutdatedSettings';

  constructor(edited: number, latest: number) {
    super(
      `The settings are at version ${latest}, and version ${edited} was edited. Read them, and edit again.`,
    );
  }
}

/** The latest version of a scope's own settings; none where it has none. */
export function latestSettings(
  models: Pick<Models, 'orgSettings'>,
  orgId: string | null,
): Promise<OrgSettingDocument | null> {
  return models.orgSettings.findOne({ orgId }).sort({ version: -1 }).lean<OrgSettingDocument | null>();
}

/** What a scope has set itself, what is in force for it, and the version that an edit names. */
export async function settingsOf(models: Pick<Models, 'orgSettings'>, orgId: string | null) {
  const own = await latestSettings(models, orgId);
  const deployments = orgId === null ? null : await latestSettings(models, null);
  return {
    orgId,
    version: own?.version ?? 0,
    redaction: own?.redaction ?? null,
    retention: own?.retention ?? null,
    inForce: effectiveSettings(own, deployments),
    createdAt: own?.createdAt ?? null,
    by: own?.by ?? null,
  };
}

type Own = Partial<Pick<OrgSettingDocument, 'redaction' | 'retention'>> | null | undefined;

/** The first of these that sets something, else what was shipped. */
export function effectiveSettings(...scopes: Own[]): OrgSettings {
  const first = <Name extends keyof OrgSettings>(name: Name) =>
    scopes.map((scope) => scope?.[name]).find((value) => value !== null && value !== undefined) as
      | OrgSettings[Name]
      | undefined;
  return {
    redaction: first('redaction') ?? DEFAULT_SETTINGS.redaction,
    retention: first('retention') ?? DEFAULT_SETTINGS.retention,
  };
}

export interface SettingsChange extends Pick<OrgSettingDocument, 'orgId' | 'redaction' | 'retention'> {
  /** the version that the change was made to */
  edited: number;
  actor: Actor;
}

/**
 * Puts the next version of a scope's settings in force and writes it down; where `edited` is not the latest, nothing is
 * stored.
 *
 * @returns the new version
 * @throws OutdatedSettings
 */
export async function saveSettings(
  models: Pick<Models, 'orgSettings' | 'auditLog' | 'connection'>,
  { orgId, edited, redaction, retention, actor }: SettingsChange,
): Promise<number> {
  const latest = async () => (await latestSettings(models, orgId))?.version ?? 0;
  const found = await latest();
  if (found !== edited) throw new OutdatedSettings(edited, found);
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
    await inTransaction(models, async (session) => {
      await models.orgSettings.create([document], { session });
      const details = { version, redaction, retention: retention && JSON.stringify(retention) };
      await recordAuditEvent(
        models,
        { actor, action: 'settings.put', target: orgId ?? '', orgId, details },
        session,
      );
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new OutdatedSettings(edited, await latest());
  }
  return version;
}
