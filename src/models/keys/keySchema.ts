import { Schema } from 'mongoose';

export const SCOPES = ['ingest', 'read', 'respond', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Valid names of keys: one line without control characters, which a terminal would obey. */
export const KEY_NAME = /^[^\p{C}\p{Zl}\p{Zp}]{0,200}$/u;

/** An API key. Only its hash is stored, so reading the database gives no usable key. */
export interface AccessKeyDocument {
  /** public id, shown in lists and in the audit log */
  _id: string;
  /** SHA-256 of the key, hex. Keys are random and long, so a slow hash would protect nothing more. */
  hash: string;
  scope: Scope;
  /** the one org whose feedback it may send or read; null: every org */
  orgId: string | null;
  name: string;
  createdAt: Date;
  revokedAt: Date | null;
  /** null: never */
  expiresAt: Date | null;
  /** origins that a browser key may be used from, also with a wildcard (see origins.ts); empty for any other key */
  origins: string[];
  /** id of the key that was rotated to make this one */
  replaces: string | null;
  /** accurate to about two minutes; null if never used */
  lastUsedAt: Date | null;
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
    expiresAt: { type: Date, default: null },
    origins: { type: [String], default: [] },
    replaces: { type: String, default: null },
    lastUsedAt: { type: Date, default: null },
  },
  { collection: 'access_keys', versionKey: false, strict: 'throw' },
);
accessKeySchema.index({ hash: 1 }, { unique: true });
