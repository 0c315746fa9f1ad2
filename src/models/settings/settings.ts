import { isUtc } from '../../aggregates/timeZones.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { latestVersion, saveVersion } from '../scopeVersions.ts';
import type { OrgZoneDocument } from '../zones/orgZoneSchema.ts';
import { requestZone } from '../zones/requestZone.ts';
import { DEFAULT_SETTINGS, type OrgSettingDocument, type OrgSettings } from './settingsSchema.ts';

/** A scope's own settings, the effective ones (`inForce`), and the version that an edit must name. */
export async function settingsOf(models: Models, orgId: string | null) {
  const own = await latestVersion(models.orgSettings, orgId);
  const deployment = orgId === null ? null : await latestVersion(models.orgSettings, null);
  const zone = orgId === null ? null : await models.orgZones.findById(orgId).lean<OrgZoneDocument>();
  return {
    orgId,
    version: own?.version ?? 0,
    redaction: own?.redaction ?? null,
    retention: own?.retention ?? null,
    timeZone: own?.timeZone ?? null,
    inForce: { ...effectiveSettings(own, deployment), timeZone: zone?.active ?? 'UTC' },
    dayRecount: zone && !zone.isSettled ? recountOf(zone) : null,
    createdAt: own?.createdAt ?? null,
    by: own?.by ?? null,
  };
}

/** The progress of the recount of an org's days: figures change to the wanted zone when all feedback is counted. */
function recountOf({ wanted, active, leaving, walked, total, requestedAt }: OrgZoneDocument) {
  const isCounting = wanted !== active;
  return {
    step: isCounting ? ('counting' as const) : ('removing' as const),
    from: isCounting ? (active ?? 'UTC') : (leaving[0] ?? 'UTC'),
    to: wanted ?? 'UTC',
    counted: walked,
    total: Math.max(total, walked),
    requestedAt,
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
export async function saveSettings(
  models: Models,
  change: Pick<OrgSettingDocument, 'orgId' | 'redaction' | 'retention'> & {
    /** zone of an org; left out: as it is */
    timeZone?: string | null | undefined;
    edited: number;
    actor: Actor;
  },
): Promise<number> {
  const { orgId, redaction, retention, edited } = change;
  const timeZone = change.timeZone === undefined ? await timeZoneOf(models, orgId) : change.timeZone;
  return saveVersion(models, models.orgSettings, {
    ...change,
    values: { redaction, retention, timeZone },
    now: new Date(),
    action: 'settings.put',
    details: { redaction, retention: retention && JSON.stringify(retention), ...(orgId !== null && { timeZone }) },
    also: async (transaction) => {
      if (orgId === null) return;
      await requestZone(models, orgId, timeZone === null || isUtc(timeZone) ? null : timeZone, transaction);
    },
    outdated: (latest) =>
      `The settings are at version ${latest}, and version ${edited} was edited. Read them, and edit again.`,
  });
}

async function timeZoneOf(models: Models, orgId: string | null): Promise<string | null> {
  return (await latestVersion(models.orgSettings, orgId))?.timeZone ?? null;
}
