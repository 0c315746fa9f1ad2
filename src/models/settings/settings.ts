import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { latestVersion, saveVersion } from '../scopeVersions.ts';
import { DEFAULT_SETTINGS, type OrgSettingDocument, type OrgSettings } from './settingsSchema.ts';

/** A scope's own settings, the effective ones (`inForce`), and the version that an edit must name. */
export async function settingsOf(models: Models, orgId: string | null) {
  const own = await latestVersion(models.orgSettings, orgId);
  const deployment = orgId === null ? null : await latestVersion(models.orgSettings, null);
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

/** For each setting, the value of the first scope that sets it, else the default. */
export function effectiveSettings(
  ...scopes: (Partial<Pick<OrgSettingDocument, 'redaction' | 'retention'>> | null | undefined)[]
): OrgSettings {
  return {
    redaction: scopes.find((scope) => scope?.redaction)?.redaction ?? DEFAULT_SETTINGS.redaction,
    retention: scopes.find((scope) => scope?.retention)?.retention ?? DEFAULT_SETTINGS.retention,
  };
}

/**
 * Stores the next version of a scope's settings, which takes effect.
 *
 * @returns the new version
 * @throws OutdatedVersion
 */
export function saveSettings(
  models: Models,
  change: Pick<OrgSettingDocument, 'orgId' | 'redaction' | 'retention'> & { edited: number; actor: Actor },
): Promise<number> {
  const { redaction, retention, edited } = change;
  return saveVersion(models, models.orgSettings, {
    ...change,
    values: { redaction, retention },
    now: new Date(),
    action: 'settings.put',
    details: { redaction, retention: retention && JSON.stringify(retention) },
    outdated: (latest) =>
      `The settings are at version ${latest}, and version ${edited} was edited. Read them, and edit again.`,
  });
}
