import { Schema } from 'mongoose';

/** Who did something: a key, a person who is signed in, somebody at the command line, or the service by itself. */
export interface Actor {
  kind: 'key' | 'person' | 'command line' | 'service';
  /** of the key or the person; empty for the others */
  id: string;
  /** the address that the request came from; null where there was none */
  from: string | null;
}

/** One line of the audit log. It is written once and never changed, and holds no text of any feedback. */
export interface AuditEntryDocument {
  /** in the order in which things happened, as far as clocks agree: time and a random part */
  _id: string;
  at: Date;
  actor: Actor;
  /** what was done, such as `key.create` */
  action: string;
  /** to what: an id of a key, a person, an org, an erasure; never an id of somebody who gave feedback */
  target: string;
  /** the org that it concerns; null for the deployment */
  orgId: string | null;
  details: Record<string, string | number | boolean | null>;
}

export const auditEntrySchema = new Schema<AuditEntryDocument>(
  {
    _id: { type: String },
    at: { type: Date, required: true },
    actor: { type: Schema.Types.Mixed, required: true },
    action: { type: String, required: true },
    target: { type: String, default: '' },
    orgId: { type: String, default: null },
    details: { type: Schema.Types.Mixed, default: {} },
  },
  { collection: 'audit_log', versionKey: false, minimize: false, strict: 'throw' },
);
auditEntrySchema.index({ orgId: 1, _id: 1 });
