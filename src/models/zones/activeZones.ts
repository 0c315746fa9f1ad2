import type { Models } from '../database.ts';
import { createPolledCache } from '../polledCache.ts';
import type { OrgZoneDocument } from './orgZoneSchema.ts';

/** The time zone of an org's days. */
export type OrgZone = Pick<OrgZoneDocument, 'active' | 'activeSince' | 'utcUntil' | 'counted'>;

/**
 * The time zones of orgs that have one, in memory (a polled cache). Others count UTC days.
 *
 * The cache may be a second old. Writers store nothing by an outdated one, because they refresh it with the tombstones,
 * behind the same fence. Readers ask `isCurrent` after they have read, since the days of a former zone are removed.
 */
export interface ActiveZones {
  /** The zones, by org. */
  all(): ReadonlyMap<string, OrgZone>;
  /** Reads the zones if they have not been read yet. */
  load(): Promise<void>;
  /** Reads the zones now. */
  refresh(): Promise<void>;
  /** Whether an org still uses the zone that `all` had. */
  isCurrent(orgId: string, zone: OrgZone): Promise<boolean>;
  close(): void;
}

/** The time zone of an org's days, if it has one. `orgId` null: no org. Reads the zones if needed. */
export async function activeZoneOf(
  zones: Pick<ActiveZones, 'load' | 'all'>,
  orgId: string | null,
): Promise<string | undefined> {
  await zones.load();
  return (orgId === null ? undefined : zones.all().get(orgId)?.active) ?? undefined;
}

const REFRESH_MS = 1_000;
const FIELDS = { active: 1, activeSince: 1, utcUntil: 1, counted: 1 } as const;

export function createActiveZones(models: Pick<Models, 'orgZones'>): ActiveZones {
  const cache = createPolledCache<ReadonlyMap<string, OrgZone>>({ initial: new Map(), read, intervalMs: REFRESH_MS });

  async function read() {
    const found = await models.orgZones.find({}, FIELDS).lean<(OrgZone & { _id: string })[]>();
    return new Map(found.map(({ _id, ...zone }) => [_id, zone]));
  }

  return {
    ...cache,
    all: cache.current,
    async isCurrent(orgId, { active, activeSince }) {
      const found = await models.orgZones.findById(orgId, FIELDS).lean<OrgZone>();
      return found?.active === active && found.activeSince.getTime() === activeSince.getTime();
    },
  };
}
