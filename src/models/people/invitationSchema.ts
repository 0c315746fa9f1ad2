import { Schema } from 'mongoose';
import type { Role } from './personSchema.ts';

/**
 * A role in an org that the org's admin offers to an e-mail address. The document is the same whether or not the address
 * has an account, and changes nothing for its owner until they accept.
 */
export interface InvitationDocument {
  /** random, so that it does not reveal when or for whom it was made */
  _id: string;
  /** normalised, see `normalEmail` */
  email: string;
  orgId: string;
  role: Role;
  /** SHA-256 of the link's token, hex */
  hash: string;
  /** end of the link; the invitation itself stays until `createdAt` is `RETENTION_SECONDS` ago */
  expiresAt: Date;
  createdAt: Date;
}

/** Age at which MongoDB deletes an invitation that nobody has accepted. */
const RETENTION_SECONDS = 30 * 24 * 60 * 60;

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
invitationSchema.index({ createdAt: 1 }, { expireAfterSeconds: RETENTION_SECONDS });
