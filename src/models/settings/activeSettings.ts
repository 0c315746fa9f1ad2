import type { Models } from '../database.ts';
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

type Own = Pick<OrgSettingDocument, 'redaction' | 'retention'>;

export function createActiveSettings(models: Pick<Models, 'orgSettings'>): ActiveSettings {
  let own = new Map<string | null, Own>();
  /** What was worked out of them, for the next that asks. */
  let known = new Map<string | null, OrgSettings>();
  let isLoaded = false;
  let reads = 0;
  let newestRead = 0;
  let underWay = false;

  async function refresh(): Promise<void> {
    const order = ++reads;
    const found = await models.orgSettings.aggregate<Own & { _id: string | null }>([
      { $sort: { orgId: 1, version: -1 } },
      { $group: { _id: '$orgId', redaction: { $first: '$redaction' }, retention: { $first: '$retention' } } },
    ]);
    // An answer that was overtaken by a later one knows less.
    if (order < newestRead) return;
    newestRead = order;
    own = new Map(found.map(({ _id, redaction, retention }) => [_id, { redaction, retention }]));
    known = new Map(
      [null, ...own.keys()].map((orgId) => [orgId, effectiveSettings(own.get(orgId), own.get(null))]),
    );
    isLoaded = true;
  }

  async function refreshAgain(): Promise<void> {
    if (underWay) return;
    underWay = true;
    await refresh().catch(() => {});
    underWay = false;
  }

  const shipped = effectiveSettings();
  const timer = setInterval(() => void refreshAgain(), REFRESH_MS);
  timer.unref();
  return {
    of: (orgId) => known.get(orgId) ?? known.get(null) ?? shipped,
    async load() {
      if (!isLoaded) await refresh();
    },
    scopes: () => own,
    refresh,
    close: () => clearInterval(timer),
  };
}
