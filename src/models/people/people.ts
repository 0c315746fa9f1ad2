import { v4 as uuidv4 } from 'uuid';
import type { Models } from '../database.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { type Link, normalEmail, type PersonDocument, type RoleIn } from './personSchema.ts';

type People = Pick<Models, 'people'>;

export interface NewPerson {
  email: string;
  name?: string;
  passwordHash?: string;
  roles: RoleIn[];
  links?: Link[];
  openedFor?: string;
}

/** Throws what `isDuplicate` knows where there is somebody with the same address. */
export async function createPerson(
  models: People,
  { email, name = '', passwordHash, roles, links = [], openedFor }: NewPerson,
  session: Transaction,
): Promise<PersonDocument> {
  const person: PersonDocument = {
    // Random: an org's admin who sees it must not read from it since when somebody has been here.
    _id: uuidv4(),
    email: normalEmail(email),
    name,
    passwordHash: passwordHash ?? null,
    roles,
    links,
    disabled: false,
    openedFor: openedFor ?? null,
    failedSignIns: 0,
    createdAt: new Date(),
    lastSignInAt: null,
  };
  await models.people.create([person], { session });
  return person;
}

export function findPerson(models: People, id: string): Promise<PersonDocument | null> {
  return models.people.findById(id).lean<PersonDocument | null>();
}

export function findPersonByEmail(models: People, email: string): Promise<PersonDocument | null> {
  return models.people.findOne({ email: normalEmail(email) }).lean<PersonDocument | null>();
}

export function findPersonByLink(models: People, { issuer, subject }: Link): Promise<PersonDocument | null> {
  return models.people.findOne({ links: { $elemMatch: { issuer, subject } } }).lean<PersonDocument | null>();
}

/** Somebody, by their address or by their id. */
export type PersonRef = { email: string } | { id: string };

export const personFilter = (of: PersonRef) =>
  'email' in of ? { email: normalEmail(of.email) } : { _id: of.id };

/** The roles of somebody who has this one in its org from now on, in place of the one before; null: none there. */
export function withRole(
  roles: readonly RoleIn[],
  orgId: string | null,
  role: RoleIn['role'] | null,
): RoleIn[] {
  const others = roles.filter((one) => one.orgId !== orgId);
  return role === null ? others : [...others, { role, orgId }];
}
