import type { Models } from '../database.ts';
import { createPolledCache } from '../polledCache.ts';
import { effectiveSettings } from './settings.ts';
import type { OrgSettingDocument, OrgSettings } from './settingsSchema.ts';

/**
 * The effective org settings, in memory (a polled cache): a change takes effect within `REFRESH_MS`, and ingest uses
 * the last known settings during an outage of MongoDB.
 *
 * Before the first read the defaults apply, which mask personal data, even for an org that turned masking off. A text
 * that was masked needlessly can be sent again; a text stored by mistake stays in backups.
 */
export interface ActiveSettings {
  of(orgId: string | null): OrgSettings;
  /** Reads the settings if they have not been read yet. */
  load(): Promise<void>;
  /** The scopes with settings of their own, by org; null: the deployment. */
  scopes(): ReadonlyMap<string | null, Pick<OrgSettingDocument, 'redaction' | 'retention'>>;
  /** Reads the settings now. */
  refresh(): Promise<void>;
  close(): void;
}

const REFRESH_MS = 1_000;

type StoredScope = Pick<OrgSettingDocument, 'redaction' | 'retention'> & { _id: string | null };

export function createActiveSettings(models: Models): ActiveSettings {
  const cache = createPolledCache({ initial: index([]), read, intervalMs: REFRESH_MS });

  async function read() {
    return index(
      await models.orgSettings.aggregate<StoredScope>([
        { $sort: { orgId: 1, version: -1 } },
        { $group: { _id: '$orgId', redaction: { $first: '$redaction' }, retention: { $first: '$retention' } } },
      ]),
    );
  }

  return {
    ...cache,
    of(orgId) {
      const { effective } = cache.current();
      return effective.get(orgId) ?? effective.get(null)!;
    },
    scopes: () => cache.current().own,
  };
}

/** The own and the effective settings of each scope. */
function index(stored: readonly StoredScope[]) {
  const own = new Map(stored.map(({ _id, redaction, retention }) => [_id, { redaction, retention }]));
  const effective = new Map(
    [null, ...own.keys()].map((orgId) => [orgId, effectiveSettings(own.get(orgId), own.get(null))]),
  );
  return { own, effective };
}
