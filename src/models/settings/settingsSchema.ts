import { Schema } from 'mongoose';

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

/**
 * One version of the settings of a scope: an org, or (`orgId` null) the deployment, whose settings apply to orgs that
 * set none. Versions never change; the latest of a scope takes effect.
 */
export interface OrgSettingDocument {
  /** `<org> <version>`, the org empty for the deployment, so that no version can be stored twice */
  _id: string;
  orgId: string | null;
  /** from 1; version 0 is the defaults, which are not stored */
  version: number;
  /** null: follows the deployment, and the deployment the defaults */
  redaction: RedactionMode | null;
  retention: Retention | null;
  createdAt: Date;
  /** id of the key or person, or the kind of actor without one */
  by: string;
}

/** Personal data in texts is not asked for, and so not kept. Feedback is kept until a retention rule is set. */
export const DEFAULT_SETTINGS: OrgSettings = { redaction: 'mask', retention: 'forever' };

export const orgSettingSchema = new Schema<OrgSettingDocument>(
  {
    _id: { type: String },
    orgId: { type: String, default: null },
    version: { type: Number, required: true },
    redaction: { type: String, default: null },
    retention: { type: Schema.Types.Mixed, default: null },
    createdAt: { type: Date, required: true },
    by: { type: String, required: true },
  },
  { collection: 'org_settings', versionKey: false, minimize: false, strict: 'throw' },
);
orgSettingSchema.index({ orgId: 1, version: -1 });
