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

type Collections = Pick<Models, 'connection' | 'people' | 'sessions' | 'oneTimeLinks' | 'invitations' | 'auditLog'>;

interface ActorOptions {
  actor: Actor;
  /** throw LastAdmin if no admin of all orgs would remain; the command line can always create one and leaves it out */
  keepsAdmin?: boolean;
}

/** No person has this address or id. */
export class NoSuchPerson extends Error {
  override name = 'NoSuchPerson';

  constructor(ref: PersonRef) {
    super(
      'email' in ref ? `there is nobody with the address ${normalEmail(ref.email)}` : 'there is nobody with this id',
    );
  }
}

/** The person has no role in this org, or none in all orgs. */
export class NoSuchRole extends Error {
  override name = 'NoSuchRole';

  constructor() {
    super('they have no role there');
  }
}

/** A person after a change, and the token of a link that sets their password. */
export interface PersonWithLink {
  person: PersonDocument;
  token: string;
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
  models: Collections,
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
    await recordAuditEvent(
      models,
      { ...event, action: isChange ? 'person.role' : 'person.invite', orgId, details: { role } },
      transaction,
    );
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
  models: Collections,
  { orgId, actor, keepsAdmin = false, ...ref }: PersonRef & { orgId: string | null } & ActorOptions,
): Promise<PersonDocument> {
  return inTransaction(models, async (transaction) => {
    const before = await requiredPerson(models, ref, transaction);
    if (!before.roles.some((role) => role.orgId === orgId)) throw new NoSuchRole();
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
  models: Collections,
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

/** Removes a person's password, linked accounts and sessions, and creates a new link. Throws NoSuchPerson. */
export function resetPerson(
  models: Collections,
  { actor, ...ref }: PersonRef & { actor: Actor },
): Promise<PersonWithLink> {
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
async function save(models: Collections, person: PersonDocument, transaction: Transaction): Promise<void> {
  const { _id, roles, disabled, passwordHash, links, openedFor = null } = person;
  const changes = { roles, disabled, passwordHash, links, openedFor };
  await models.people.updateOne({ _id }, changes, { session: transaction });
}

function findWithin(models: Collections, ref: PersonRef, transaction: Transaction): Promise<PersonDocument | null> {
  return models.people.findOne(personFilter(ref), null, { session: transaction }).lean<PersonDocument | null>();
}

async function requiredPerson(models: Collections, ref: PersonRef, transaction: Transaction): Promise<PersonDocument> {
  const person = await findWithin(models, ref, transaction);
  if (!person) throw new NoSuchPerson(ref);
  return person;
}
