import type { Models } from '../database.ts';
import { createPolledCache } from '../polledCache.ts';
import { effectiveSettings } from './settings.ts';
import type { OrgSettingDocument, OrgSettings } from './settingsSchema.ts';

/**
 * The settings in force now, in memory: a lookup costs no trip to MongoDB, and ingest goes on while MongoDB is away, by what
 * was known last. A change is known within `REFRESH_MS`.
 *
 * Before anything was ever read, what was shipped is in force: then personal data is masked, also that of an org whose
 * settings say otherwise. What was masked too much can be sent again; what was stored by mistake is stored.
 */
export interface ActiveSettings {
  of(orgId: string | null): OrgSettings;
  /** Reads them now where they have not been read yet. */
  load(): Promise<void>;
  /** The scopes that have settings of their own, by org; null: the deployment. */
  scopes(): ReadonlyMap<string | null, Pick<OrgSettingDocument, 'redaction' | 'retention'>>;
  /** Takes up what was stored just now. */
  refresh(): Promise<void>;
  close(): void;
}

const REFRESH_MS = 1_000;

type StoredScope = Pick<OrgSettingDocument, 'redaction' | 'retention'> & { _id: string | null };

export function createActiveSettings(models: Pick<Models, 'orgSettings'>): ActiveSettings {
  const cache = createPolledCache({ initial: index([]), read, intervalMs: REFRESH_MS });

  async function read() {
    return index(
      await models.orgSettings.aggregate<StoredScope>([
        { $sort: { orgId: 1, version: -1 } },
        {
          $group: { _id: '$orgId', redaction: { $first: '$redaction' }, retention: { $first: '$retention' } },
        },
      ]),
    );
  }

  return {
    of(orgId) {
      const { effective } = cache.current();
      return effective.get(orgId) ?? effective.get(null)!;
    },
    load: cache.load,
    scopes: () => cache.current().own,
    refresh: cache.refresh,
    close: cache.close,
  };
}

/** What each scope has set, and what is effective in it. */
function index(stored: readonly StoredScope[]) {
  const own = new Map(stored.map(({ _id, redaction, retention }) => [_id, { redaction, retention }]));
  const effective = new Map(
    [null, ...own.keys()].map((orgId) => [orgId, effectiveSettings(own.get(orgId), own.get(null))]),
  );
  return { own, effective };
}
