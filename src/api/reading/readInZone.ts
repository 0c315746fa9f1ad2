import type { Subject } from '../../models/aggregates/readTotals.ts';
import type { Models } from '../../models/database.ts';
import type { ActiveZones } from '../../models/zones/activeZones.ts';
import type { UnknownTheme } from './knownThemes.ts';

export interface ReadingServices {
  models: Models;
  zones: ActiveZones;
  unknownTheme: UnknownTheme;
}

/** The zone of the days in a response, as a response says it. */
interface ZoneOfDays {
  timeZone: string;
  /** left out without feedback that retention removed before the zone was set */
  utcDaysUntil?: string;
}

/**
 * Reads with the time zone of an org's days; without an org, or if it has none, with `undefined`, which is UTC. Reads again
 * if the zone was changed meanwhile: days of a former zone are being removed.
 */
export async function readInZone<Result>(
  zones: ActiveZones,
  orgId: string | undefined,
  read: (zone: string | undefined) => Promise<Result>,
): Promise<Result & ZoneOfDays> {
  await zones.load();
  for (;;) {
    const zone = orgId === undefined ? undefined : zones.all().get(orgId);
    if (orgId === undefined || !zone || zone.active === null) return { ...(await read(undefined)), timeZone: 'UTC' };
    const result = await read(zone.active);
    if (await zones.isCurrent(orgId, zone)) {
      const { active, utcUntil } = zone;
      return { ...result, timeZone: active, ...(utcUntil !== null && { utcDaysUntil: utcUntil }) };
    }
    await zones.refresh();
  }
}

/** The one org whose feedback a subject's figures count, if there is one. */
export function orgOf(subject: Subject): string | undefined {
  if (subject.level === 'all') return undefined;
  return subject.level === 'org' ? subject.id : subject.orgId;
}
