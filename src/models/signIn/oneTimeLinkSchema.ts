import { Schema } from 'mongoose';

/** A link that lets its holder set a password once. A person has one link at most; a newer one replaces it. */
export interface OneTimeLinkDocument {
  /** the person, or `FIRST_ADMIN` */
  _id: string;
  /** SHA-256 of the token, hex */
  hash: string;
  expiresAt: Date;
}

/** `_id` of the link that creates the first admin; ids of people are UUIDs. */
export const FIRST_ADMIN = 'first admin';

export const oneTimeLinkSchema = new Schema<OneTimeLinkDocument>(
  {
    _id: { type: String },
    hash: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'one_time_links', versionKey: false, strict: 'throw' },
);
oneTimeLinkSchema.index({ hash: 1 }, { unique: true });
oneTimeLinkSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
