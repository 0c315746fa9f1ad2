import { v7 as uuidv7 } from 'uuid';
import type { Models } from './database.ts';
import type { Session } from './inTransaction.ts';
import { type Link, normalEmail, type PersonDocument, type RoleIn } from './person.ts';

type People = Pick<Models, 'people'>;

export interface NewPerson {
  email: string;
  name?: string;
  passwordHash?: string;
  roles: RoleIn[];
  links?: Link[];
}

/** Throws what `isDuplicate` knows where there is somebody with the same address. */
export async function createPerson(
  models: People,
  { email, name = '', passwordHash, roles, links = [] }: NewPerson,
  session: Session,
): Promise<PersonDocument> {
  const person: PersonDocument = {
    _id: uuidv7(),
    email: normalEmail(email),
    name,
    passwordHash: passwordHash ?? null,
    roles,
    links,
    disabled: false,
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

/** In the order in which they came. */
export function listPeople(models: People): Promise<PersonDocument[]> {
  return models.people.find().sort({ _id: 1 }).lean<PersonDocument[]>();
}

/** The roles of somebody who has this one in its org from now on, in place of the one before; null: none there. */
export function withRole(
  roles: readonly RoleIn[],
  orgId: string | null,
  role: RoleIn['role'] | null,
): RoleIn[] {
  const others = roles.filter((one) => one.orgId !== orgId);
  return role === null ? others : [...others, { role, orgId }];
}
