import { Schema } from 'mongoose';

export const SCOPES = ['ingest', 'read', 'respond', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Whether a text is an origin as browsers send it: scheme, host and port, and nothing behind them. */
export function isOrigin(text: string): boolean {
  return text.length <= 300 && /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** What a key may be named: one line, without what a terminal would act on. */
export const KEY_NAME = /^[^\p{C}\p{Zl}\p{Zp}]{0,200}$/u;

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
  /** from then on it is not valid any more; null: never */
  expiresAt: Date | null;
  /** of a browser's key: the only origins that may send with it; empty for any other */
  origins: string[];
  /** the key that this one was made to follow */
  replaces: string | null;
  /** to within a minute or so; null where it has not been used */
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
