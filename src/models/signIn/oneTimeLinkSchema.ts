import { Schema } from 'mongoose';

/** A link that lets its holder set a password, once. A newer one takes the place of an older one. */
export interface OneTimeLinkDocument {
  /** the person, or `FIRST_ADMIN` */
  _id: string;
  /** SHA-256 of the token, hex */
  hash: string;
  expiresAt: Date;
}

/** Stands for the person who is not there yet; no id of a person is like it. */
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
