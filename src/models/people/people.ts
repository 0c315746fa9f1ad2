import { v4 as uuidv4 } from 'uuid';
import type { Models } from '../database.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { type Link, normalEmail, type PersonDocument, type RoleIn } from './personSchema.ts';

/** Creates a person. Throws a duplicate-key error (`isDuplicate`) if the address has an account. */
export async function createPerson(
  models: Models,
  input: Pick<PersonDocument, 'email' | 'roles'> & Partial<PersonDocument>,
  transaction: Transaction,
): Promise<PersonDocument> {
  const person: PersonDocument = {
    // Random, not time-ordered: an org's admin sees the id and must not learn how old the account is.
    _id: uuidv4(),
    name: '',
    passwordHash: null,
    links: [],
    disabled: false,
    openedFor: null,
    failedSignIns: 0,
    createdAt: new Date(),
    lastSignInAt: null,
    ...input,
    email: normalEmail(input.email),
  };
  await models.people.create([person], { session: transaction });
  return person;
}

export function findPerson(models: Models, id: string): Promise<PersonDocument | null> {
  return models.people.findById(id).lean<PersonDocument | null>();
}

export function findPersonByEmail(models: Models, email: string): Promise<PersonDocument | null> {
  return models.people.findOne({ email: normalEmail(email) }).lean<PersonDocument | null>();
}

export function findPersonByLink(models: Models, { issuer, subject }: Link): Promise<PersonDocument | null> {
  return models.people.findOne({ links: { $elemMatch: { issuer, subject } } }).lean<PersonDocument | null>();
}

/** Reference to a person, by address or by id. */
export type PersonRef = { email: string } | { id: string };

export const personFilter = (ref: PersonRef) => ('email' in ref ? { email: normalEmail(ref.email) } : { _id: ref.id });

/** The roles with `role` in place of the one in `orgId`; null removes it. */
export function withRole(roles: readonly RoleIn[], orgId: string | null, role: RoleIn['role'] | null): RoleIn[] {
  const others = roles.filter((other) => other.orgId !== orgId);
  return role === null ? others : [...others, { role, orgId }];
}
