import { Schema } from 'mongoose';

/** What somebody may do, each more than the one before. */
export const ROLES = ['viewer', 'responder', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A role in one org, or in every org where it is null. */
export interface RoleIn {
  role: Role;
  orgId: string | null;
}

/** An account at an OpenID provider that signs a person in. */
export interface Link {
  issuer: string;
  subject: string;
}

/** Somebody who signs in, as opposed to an app that has a key. */
export interface PersonDocument {
  _id: string;
  /** normalised, see `normalEmail` */
  email: string;
  name: string;
  /** argon2id; null for who has set none and signs in elsewhere */
  passwordHash: string | null;
  roles: RoleIn[];
  links: Link[];
  disabled: boolean;
  /**
   * the org whose admin gave the link that the password was chosen by, and may have used it himself: such a password
   * opens nothing but that org; null or left out: an admin of all orgs, or an OpenID provider, vouches for the person
   */
  openedFor?: string | null;
  /** since the last one that succeeded */
  failedSignIns: number;
  createdAt: Date;
  lastSignInAt: Date | null;
  /** how often somebody else stopped being an admin, since this one remained */
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
// One account elsewhere is one person here.
personSchema.index(
  { 'links.issuer': 1, 'links.subject': 1 },
  { unique: true, partialFilterExpression: { 'links.subject': { $exists: true } } },
);

/** The form in which an address is stored and looked up, however it is typed. */
export function normalEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

/** A name in one line, without what would turn the text around it. */
export function normalName(name: string): string {
  return name
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim()
    .slice(0, 100);
}
