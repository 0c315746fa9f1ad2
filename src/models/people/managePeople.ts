import { recordAuditEvent } from '../audit/auditLog.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { createOneTimeLink } from '../signIn/oneTimeLinks.ts';
import { endSessions } from '../signIn/sessions.ts';
import { isManagedByOtherOrg } from './invitations.ts';
import { createPerson, type PersonRef, personFilter, withRole } from './people.ts';
import { normalEmail, type PersonDocument, type RoleIn } from './personSchema.ts';
import { requireRemainingAdmin } from './requireRemainingAdmin.ts';

interface ActorOptions {
  actor: Actor;
  /** throw LastAdmin if no admin of all orgs would remain; the command line can always create one and leaves it out */
  keepsAdmin?: boolean;
}

/** No person has this address or id. */
export class NoSuchPerson extends Error {
  override name = 'NoSuchPerson';
}

/** The person has no role in this org, or none in all orgs. */
export class NoSuchRole extends Error {
  override name = 'NoSuchRole';
}

const NO_CREDENTIALS = { passwordHash: null, links: [], openedFor: null };

/**
 * Gives a person a role in an org, in place of their role there, and creates the person if needed.
 *
 * A person whose password the admin of another org may know (`openedFor`) loses that password and all sessions (take-over
 * guard), and starts again with a new link.
 *
 * @returns the person, and the token of a link that sets a password if they have none
 * @throws LastAdmin if `keepsAdmin`
 */
export function invitePerson(
  models: Models,
  { email, role, orgId, actor, keepsAdmin = false }: RoleIn & { email: string } & ActorOptions,
): Promise<{ person: PersonDocument; token: string | undefined }> {
  return inTransaction(models, async (transaction) => {
    const before = await findWithin(models, { email }, transaction);
    const person = before
      ? { ...before, roles: withRole(before.roles, orgId, role), disabled: false }
      : await createPerson(models, { email, roles: [{ role, orgId }] }, transaction);
    const isReset = before !== null && isManagedByOtherOrg(before, orgId);
    if (isReset) Object.assign(person, NO_CREDENTIALS);
    if (before) {
      if (keepsAdmin) await requireRemainingAdmin(models, { before, after: person }, transaction);
      await save(models, person, transaction);
      if (isReset) await endSessions(models, { personId: person._id }, transaction);
    }
    // The role replaces the org's open invitation.
    if (orgId !== null) await models.invitations.deleteOne({ email: person.email, orgId }, { session: transaction });
    // An org's log reads the same for a new person as for an existing account.
    const isChange = before?.roles.some((existing) => existing.orgId === orgId) === true;
    const event = { actor, target: person._id };
    const roleEvent = { ...event, action: isChange ? 'person.role' : 'person.invite', orgId, details: { role } };
    await recordAuditEvent(models, roleEvent, transaction);
    if (isReset) await recordAuditEvent(models, { ...event, action: 'person.reset' }, transaction);
    const token = person.passwordHash === null ? await createOneTimeLink(models, person._id, transaction) : undefined;
    return { person, token };
  });
}

/**
 * Removes a person's role in an org; null: their role in all orgs.
 *
 * @throws NoSuchPerson, NoSuchRole, and LastAdmin if `keepsAdmin`
 */
export function removeRole(
  models: Models,
  { orgId, actor, keepsAdmin = false, ...ref }: PersonRef & { orgId: string | null } & ActorOptions,
): Promise<PersonDocument> {
  return inTransaction(models, async (transaction) => {
    const before = await requiredPerson(models, ref, transaction);
    if (!before.roles.some((role) => role.orgId === orgId)) throw new NoSuchRole('they have no role there');
    const person = { ...before, roles: withRole(before.roles, orgId, null) };
    if (keepsAdmin) await requireRemainingAdmin(models, { before, after: person }, transaction);
    await save(models, person, transaction);
    const event = { actor, action: 'person.role', target: person._id, orgId, details: { role: null } };
    await recordAuditEvent(models, event, transaction);
    return person;
  });
}

/**
 * Disables a person: every session and link ends, and no sign-in succeeds until `invitePerson` or `resetPerson`.
 *
 * @throws NoSuchPerson, and LastAdmin if `keepsAdmin`
 */
export function disablePerson(
  models: Models,
  { actor, keepsAdmin = false, ...ref }: PersonRef & ActorOptions,
): Promise<PersonDocument> {
  return inTransaction(models, async (transaction) => {
    const before = await requiredPerson(models, ref, transaction);
    const { _id } = before;
    const person = { ...before, disabled: true };
    if (keepsAdmin) await requireRemainingAdmin(models, { before, after: person }, transaction);
    await save(models, person, transaction);
    await endSessions(models, { personId: _id }, transaction);
    await models.oneTimeLinks.deleteOne({ _id }, { session: transaction });
    await recordAuditEvent(models, { actor, action: 'person.disable', target: _id }, transaction);
    return person;
  });
}

/**
 * Removes a person's password, linked accounts and sessions, and creates a new link.
 *
 * @returns the person, and the token of the link
 * @throws NoSuchPerson
 */
export function resetPerson(
  models: Models,
  { actor, ...ref }: PersonRef & { actor: Actor },
): Promise<{ person: PersonDocument; token: string }> {
  return inTransaction(models, async (transaction) => {
    const before = await requiredPerson(models, ref, transaction);
    const { _id } = before;
    const person = { ...before, ...NO_CREDENTIALS, disabled: false };
    await save(models, person, transaction);
    await endSessions(models, { personId: _id }, transaction);
    await recordAuditEvent(models, { actor, action: 'person.reset', target: _id }, transaction);
    return { person, token: await createOneTimeLink(models, _id, transaction) };
  });
}

/** Writes the fields that an admin manages; the name and the sign-in times are left alone. */
async function save(models: Models, person: PersonDocument, transaction: Transaction): Promise<void> {
  const { _id, roles, disabled, passwordHash, links, openedFor = null } = person;
  const changes = { roles, disabled, passwordHash, links, openedFor };
  await models.people.updateOne({ _id }, changes, { session: transaction });
}

function findWithin(models: Models, ref: PersonRef, transaction: Transaction): Promise<PersonDocument | null> {
  return models.people.findOne(personFilter(ref), null, { session: transaction }).lean<PersonDocument | null>();
}

async function requiredPerson(models: Models, ref: PersonRef, transaction: Transaction): Promise<PersonDocument> {
  const person = await findWithin(models, ref, transaction);
  if (person) return person;
  const wanted = 'email' in ref ? `the address ${normalEmail(ref.email)}` : 'this id';
  throw new NoSuchPerson(`there is nobody with ${wanted}`);
}
