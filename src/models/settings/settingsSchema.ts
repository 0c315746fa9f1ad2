import { Schema } from 'mongoose';
import { type ScopeVersion, scopeVersionFields } from '../scopeVersionSchema.ts';

// Org settings: what orgs and the deployment set by API or command line. The environment is `config.ts`; secrets and
// other internal state are `mongodb/internalState.ts`.

/** Treatment of personal data in texts before they are stored. */
export const REDACTION_MODES = ['off', 'mask', 'refuse'] as const;
export type RedactionMode = (typeof REDACTION_MODES)[number];

/** How long feedback is kept: forever, or the current UTC month and `months` whole ones before it. */
export type Retention =
  | 'forever'
  | {
      months: number;
      /** expires the free text only, or the whole feedback */
      what: 'text' | 'feedback';
      /** whether totals of orgs, days, variants and everyone keep counting removed feedback */
      aggregates: 'kept' | 'reduced';
    };

export interface OrgSettings {
  redaction: RedactionMode;
  retention: Retention;
}

/** One version of the settings of an org, or of the deployment, whose settings apply to orgs that set none. */
export interface OrgSettingDocument extends ScopeVersion {
  /** null: follows the deployment, and the deployment the defaults */
  redaction: RedactionMode | null;
  retention: Retention | null;
  /** IANA name of the zone of an org's days; null or missing: UTC. See `models/zones` for the zone in use. */
  timeZone?: string | null;
}

/** Personal data in texts is not asked for, and so not kept. Feedback is kept until a retention rule is set. */
export const DEFAULT_SETTINGS: OrgSettings = { redaction: 'mask', retention: 'forever' };

export const orgSettingSchema = new Schema<OrgSettingDocument>(
  {
    ...scopeVersionFields,
    redaction: { type: String, default: null },
    retention: { type: Schema.Types.Mixed, default: null },
    timeZone: { type: String, default: null },
  },
  { collection: 'org_settings', versionKey: false, minimize: false, strict: 'throw' },
);
orgSettingSchema.index({ orgId: 1, version: -1 });
