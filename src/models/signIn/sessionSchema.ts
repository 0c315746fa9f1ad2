import { Schema } from 'mongoose';

/** A session of a person in one browser. Only the hash of its token is stored. */
export interface SessionDocument {
  /** SHA-256 of the token, hex */
  _id: string;
  personId: string;
  /** client address at sign-in */
  from: string;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
}

export const sessionSchema = new Schema<SessionDocument>(
  {
    _id: { type: String },
    personId: { type: String, required: true },
    from: { type: String, default: '' },
    createdAt: { type: Date, required: true },
    lastSeenAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'sessions', versionKey: false, strict: 'throw' },
);
sessionSchema.index({ personId: 1, lastSeenAt: -1 });
sessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
