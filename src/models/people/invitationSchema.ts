import { Schema } from 'mongoose';
import type { Role } from './personSchema.ts';

/**
 * A role in an org, which the org's admin offers to whoever has an address. It is made alike whether or not there is
 * somebody with the address, and changes nothing for them before they take it up.
 */
export interface InvitationDocument {
  /** random: it tells nothing of when or for whom it was made */
  _id: string;
  /** normalised, see `normalEmail` */
  email: string;
  orgId: string;
  role: Role;
  /** SHA-256 of the token in its link, hex */
  hash: string;
  /** the link works until then */
  expiresAt: Date;
  createdAt: Date;
}

/** What nobody has taken up by then is forgotten. */
const KEPT_SECONDS = 30 * 24 * 60 * 60;

export const invitationSchema = new Schema<InvitationDocument>(
  {
    _id: { type: String },
    email: { type: String, required: true },
    orgId: { type: String, required: true },
    role: { type: String, required: true },
    hash: { type: String, required: true },
    expiresAt: { type: Date, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'invitations', versionKey: false, strict: 'throw' },
);
invitationSchema.index({ orgId: 1, email: 1 }, { unique: true });
invitationSchema.index({ email: 1 });
invitationSchema.index({ hash: 1 }, { unique: true });
invitationSchema.index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });
