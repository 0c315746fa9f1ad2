import { ownEvent, recordAuditEvent } from '../audit/auditLog.ts';
import type { Models } from '../database.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { recordJoin, takeInvitations } from '../people/invitations.ts';
import { createPerson, findPersonByEmail, findPersonByLink } from '../people/people.ts';
import type { Link, PersonDocument, Role, RoleIn } from '../people/personSchema.ts';
import { endSessions } from './sessions.ts';

/** An account at an OpenID provider. `email` is normalised, and undefined unless the provider has verified it. */
export type ProviderAccount = Link & { email: string | undefined; name: string };

/** Reason why a person whom the provider has authenticated may not sign in. */
export type Refusal = 'unknown' | 'disabled' | 'other account';

/**
 * The person of an account at an OpenID provider:
 * 1. the person who is linked with the account;
 * 2. else the person with the verified address, who is linked with the account now;
 * 3. else a new person, if the verified address is invited or `defaultRole` is set.
 */
export async function findOrProvisionFromOidc(
  models: Models,
  account: ProviderAccount,
  { defaultRole, from }: { defaultRole: Role | undefined; from: string },
): Promise<PersonDocument | Refusal> {
  const { issuer, subject, email } = account;
  const linked = await findPersonByLink(models, { issuer, subject });
  if (linked) return linked.disabled ? 'disabled' : linked;
  if (email === undefined) return 'unknown';
  const person = await findPersonByEmail(models, email);
  if (person?.disabled) return 'disabled';
  // An address that the provider has given to somebody else must not open the account of its former owner.
  if (person?.links.some((link) => link.issuer === issuer)) return 'other account';
  return inTransaction(models, (transaction) =>
    person
      ? linkPerson(models, person, { issuer, subject, from }, transaction)
      : provisionPerson(models, { ...account, email }, { defaultRole, from }, transaction),
  );
}

async function linkPerson(
  models: Models,
  person: PersonDocument,
  { issuer, subject, from }: Link & { from: string },
  transaction: Transaction,
): Promise<PersonDocument | Refusal> {
  const { _id } = person;
  // The provider vouches for the person now, so a password that an org's admin may know ends (take-over guard).
  const isOpenedByOrg = typeof person.openedFor === 'string';
  const changes = isOpenedByOrg ? { passwordHash: null, openedFor: null } : {};
  const { matchedCount } = await models.people.updateOne(
    { _id, 'links.issuer': { $ne: issuer } },
    { $push: { links: { issuer, subject } }, $set: changes },
    { session: transaction },
  );
  if (matchedCount === 0) return 'other account';
  if (isOpenedByOrg) await endSessions(models, { personId: _id }, transaction);
  await recordAuditEvent(models, ownEvent(_id, from, 'person.link', { issuer }), transaction);
  return { ...person, ...changes };
}

async function provisionPerson(
  models: Models,
  { issuer, subject, email, name }: ProviderAccount & { email: string },
  { defaultRole, from }: { defaultRole: Role | undefined; from: string },
  transaction: Transaction,
): Promise<PersonDocument | Refusal> {
  const invitations = await takeInvitations(models, email, transaction);
  if (defaultRole === undefined && invitations.length === 0) return 'unknown';
  const roles: RoleIn[] = invitations.map(({ role, orgId }) => ({ role, orgId }));
  if (defaultRole !== undefined) roles.push({ role: defaultRole, orgId: null });
  const links = [{ issuer, subject }];
  const person = await createPerson(models, { email, name, roles, links }, transaction);
  const details = { by: 'oidc', role: defaultRole ?? null };
  await recordAuditEvent(models, ownEvent(person._id, from, 'person.create', details), transaction);
  for (const invitation of invitations) await recordJoin(models, { person, invitation, from }, transaction);
  return person;
}
