import { Schema } from 'mongoose';

/** Roles, each with the rights of the one before and more. */
export const ROLES = ['viewer', 'responder', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A role in one org; `orgId` null: in every org. */
export interface RoleIn {
  role: Role;
  orgId: string | null;
}

/** An account at an OpenID provider that the person signs in with. */
export interface Link {
  issuer: string;
  subject: string;
}

/** A person who signs in; apps have keys instead. */
export interface PersonDocument {
  _id: string;
  /** normalised, see `normalEmail` */
  email: string;
  name: string;
  /** argon2id; null if the person has set no password */
  passwordHash: string | null;
  roles: RoleIn[];
  links: Link[];
  disabled: boolean;
  /**
   * Org whose admin issued the link that this password was set with. That admin may have used the link, so the password
   * gives access to that org only (take-over guard). Null or missing: an admin of all orgs, or an OpenID provider,
   * vouches for the person.
   */
  openedFor?: string | null;
  /** failures since the last successful sign-in */
  failedSignIns: number;
  createdAt: Date;
  lastSignInAt: Date | null;
  /** counter that locks the last admin: see `requireRemainingAdmin` */
  reliedOn?: number;
}

export const personSchema = new Schema<PersonDocument>(
  {
    _id: { type: String },
    email: { type: String, required: true },
    name: { type: String, default: '' },
    passwordHash: { type: String, default: null },
    roles: { type: [{ _id: false, role: String, orgId: { type: String, default: null } }], default: [] },
    links: { type: [{ _id: false, issuer: String, subject: String }], default: [] },
    disabled: { type: Boolean, default: false },
    openedFor: { type: String, default: null },
    failedSignIns: { type: Number, default: 0 },
    createdAt: { type: Date, required: true },
    lastSignInAt: { type: Date, default: null },
    reliedOn: { type: Number },
  },
  { collection: 'people', versionKey: false, strict: 'throw' },
);
personSchema.index({ email: 1 }, { unique: true });
personSchema.index({ 'roles.orgId': 1, email: 1 });
// An account at a provider belongs to one person.
personSchema.index(
  { 'links.issuer': 1, 'links.subject': 1 },
  { unique: true, partialFilterExpression: { 'links.subject': { $exists: true } } },
);

/** An address in the form that is stored and looked up: trimmed, NFC, lower case. */
export function normalEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

/** A name without line breaks, control characters and bidirectional overrides; at most 100 characters. */
export function normalName(name: string): string {
  return name
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim()
    .slice(0, 100);
}
