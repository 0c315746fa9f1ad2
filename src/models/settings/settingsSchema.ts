import { Schema } from 'mongoose';

/** What becomes of personal data in the text of a feedback before it is stored. */
export const REDACTION_MODES = ['off', 'mask', 'refuse'] as const;
export type RedactionMode = (typeof REDACTION_MODES)[number];

/** How long feedback is kept: for ever, or for so many whole months beside the present one. */
export type Retention =
  | 'forever'
  | {
      months: number;
      /** what goes then: the free text alone, or all of the feedback */
      what: 'text' | 'feedback';
      /** of what goes as a whole: whether the totals of orgs, days and variants still count it */
      aggregates: 'kept' | 'reduced';
    };

export interface OrgSettings {
  redaction: RedactionMode;
  retention: Retention;
}

/**
 * One version of the settings of a scope: of an org, or (`orgId` null) of the deployment, which orgs follow in what they
 * have no setting of their own for. Versions are never changed; the latest of a scope is in force.
 */
export interface OrgSettingDocument {
  /** The org (nothing for the deployment), a space, and the version: the same version cannot be made twice. */
  _id: string;
  orgId: string | null;
  /** from 1; what was shipped is version 0 and is not stored */
  version: number;
  /** null: as the deployment, and the deployment as shipped */
  redaction: RedactionMode | null;
  retention: Retention | null;
  createdAt: Date;
  /** the id of the key, or where else it came from */
  by: string;
}

/** What nobody asked for is not kept; what was asked for is kept until somebody says for how long. */
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
