import { Schema } from 'mongoose';

export const SCOPES = ['ingest', 'read', 'respond', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** An API key. Only its hash is stored: whoever reads the database cannot use it. */
export interface AccessKeyDocument {
  /** for people: names the key without giving it away */
  _id: string;
  /** SHA-256 of the key, hex. Keys are random and long, so a slow hash would protect nothing more. */
  hash: string;
  scope: Scope;
  /** the one org whose feedback it may send or read; every org where it is null */
  orgId: string | null;
  name: string;
  createdAt: Date;
  revokedAt: Date | null;
}

export const accessKeySchema = new Schema<AccessKeyDocument>(
  {
    _id: { type: String },
    hash: { type: String, required: true },
    scope: { type: String, required: true },
    orgId: { type: String, default: null },
    name: { type: String, default: '' },
    createdAt: { type: Date, required: true },
    revokedAt: { type: Date, default: null },
  },
  { collection: 'access_keys', versionKey: false, strict: 'throw' },
);
accessKeySchema.index({ hash: 1 }, { unique: true });
