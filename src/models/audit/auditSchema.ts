import { Schema } from 'mongoose';

/** The author of a change: an API key, a signed-in person, the command line, or the service itself. */
export interface Actor {
  kind: 'key' | 'person' | 'command line' | 'service';
  /** id of the key or the person; empty otherwise */
  id: string;
  /** client address of the request; null without a request */
  from: string | null;
}

/** Every action that is recorded. */
export const AUDIT_ACTIONS = [
  'dead-letter.discard',
  'dead-letter.replay',
  'erasure.request',
  'import-mapping.delete',
  'import-mapping.put',
  'import.create',
  'import.undo',
  'key.create',
  'key.revoke',
  'key.rotate',
  'person.create',
  'person.disable',
  'person.first-admin',
  'person.invite',
  'person.join',
  'person.link',
  'person.password',
  'person.reset',
  'person.role',
  'reanalysis.request',
  'retention.run',
  'session.sign-in',
  'session.sign-out-everywhere',
  'settings.put',
  'taxonomy.save',
  'user.export',
] as const;

/** An entry of the audit log. It is never changed, and holds no text of any feedback. */
export interface AuditEntryDocument {
  /** UUIDv7: sorts by time, as far as the clocks of processes agree */
  _id: string;
  at: Date;
  actor: Actor;
  /** one of `AUDIT_ACTIONS` */
  action: string;
  /** id of the key, person, org or erasure; never the id of a user who gave feedback */
  target: string;
  /** org that the change concerns; null for the deployment */
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
