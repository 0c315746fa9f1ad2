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

type Stores = Pick<
  Models,
  'connection' | 'people' | 'sessions' | 'oneTimeLinks' | 'invitations' | 'auditLog'
>;

/** How something is done to people: by whom, and whether the last admin of all orgs has to stay. */
interface ActorOptions {
  actor: Actor;
  /** throw LastAdmin rather than leave none; the command line, which lets in whom it wants, may leave none */
  keepsAdmin?: boolean;
}

/** There is nobody with this address or id. */
export class NoSuchPerson extends Error {
  override name = 'NoSuchPerson';

  constructor(of: PersonRef) {
    super(
      'email' in of
        ? `there is nobody with the address ${normalEmail(of.email)}`
        : 'there is nobody with this id',
    );
  }
}

/** Somebody has no role in this org, or none in all orgs. */
export class NoSuchRole extends Error {
  override name = 'NoSuchRole';

  constructor() {
    super('they have no role there');
  }
}

/** A person as they are now, and the token of a link to set a password by. */
export interface PersonWithLink {
  person: PersonDocument;
  token: string;
}

const ENDED = { passwordHash: null, links: [], openedFor: null };

/**
 * Gives somebody a role in an org, in place of the one they have there. Whom only another org's admin vouches for signs
 * in by nothing that admin may know from then on, and begins anew.
 *
 * @returns the person, and the token of a link to set a password by, for whoever has none
 */
export function invitePerson(
  models: Stores,
  { email, role, orgId, actor, keepsAdmin = false }: RoleIn & { email: string } & ActorOptions,
): Promise<{ person: PersonDocument; token: string | undefined }> {
  return inTransaction(models, async (session) => {
    const before = await findWithin(models, { email }, session);
    const person = before
      ? { ...before, roles: withRole(before.roles, orgId, role), disabled: false }
      : await createPerson(models, { email, roles: [{ role, orgId }] }, session);
    const beginsAnew = before !== null && isManagedByOtherOrg(before, orgId);
    if (beginsAnew) Object.assign(person, ENDED);
    if (before) {
      if (keepsAdmin) await requireRemainingAdmin(models, { before, after: person }, session);
      await save(models, person, session);
      if (beginsAnew) await endSessions(models, { personId: person._id }, session);
    }
    // What an org offered is given now.
    if (orgId !== null) await models.invitations.deleteOne({ email: person.email, orgId }, { session });
    // In an org's log the same line for somebody new as for somebody who was here.
    const isChange = before?.roles.some((one) => one.orgId === orgId) === true;
    const act = { actor, target: person._id };
    const given = { ...act, action: isChange ? 'person.role' : 'person.invite', orgId, details: { role } };
    await recordAuditEvent(models, given, session);
    if (beginsAnew) await recordAuditEvent(models, { ...act, action: 'person.reset' }, session);
    const token =
      person.passwordHash === null ? await createOneTimeLink(models, person._id, session) : undefined;
    return { person, token };
  });
}

/** Takes the role in an org away. Throws NoSuchPerson, NoSuchRole, LastAdmin. */
export function removeRole(
  models: Stores,
  { orgId, actor, keepsAdmin = false, ...of }: PersonRef & { orgId: string | null } & ActorOptions,
): Promise<PersonDocument> {
  return inTransaction(models, async (session) => {
    const before = await requiredPerson(models, of, session);
    if (!before.roles.some((one) => one.orgId === orgId)) throw new NoSuchRole();
    const person = { ...before, roles: withRole(before.roles, orgId, null) };
    if (keepsAdmin) await requireRemainingAdmin(models, { before, after: person }, session);
    await save(models, person, session);
    const act = { actor, action: 'person.role', target: person._id, orgId, details: { role: null } };
    await recordAuditEvent(models, act, session);
    return person;
  });
}

/** Lets somebody in no more: every session and link of theirs ends. Throws NoSuchPerson, LastAdmin. */
export function disablePerson(
  models: Stores,
  { actor, keepsAdmin = false, ...of }: PersonRef & ActorOptions,
): Promise<PersonDocument> {
  return inTransaction(models, async (session) => {
    const before = await requiredPerson(models, of, session);
    const { _id } = before;
    const person = { ...before, disabled: true };
    if (keepsAdmin) await requireRemainingAdmin(models, { before, after: person }, session);
    await save(models, person, session);
    await endSessions(models, { personId: _id }, session);
    await models.oneTimeLinks.deleteOne({ _id }, { session });
    await recordAuditEvent(models, { actor, action: 'person.disable', target: _id }, session);
    return person;
  });
}

/**
 * Takes away all that somebody signs in by, and gives the token of a link to begin anew. Throws NoSuchPerson.
 */
export function resetPerson(
  models: Stores,
  { actor, ...of }: PersonRef & { actor: Actor },
): Promise<PersonWithLink> {
  return inTransaction(models, async (session) => {
    const before = await requiredPerson(models, of, session);
    const { _id } = before;
    const person = { ...before, ...ENDED, disabled: false };
    await save(models, person, session);
    await endSessions(models, { personId: _id }, session);
    await recordAuditEvent(models, { actor, action: 'person.reset', target: _id }, session);
    return { person, token: await createOneTimeLink(models, _id, session) };
  });
}

/** What is managed of a person; the rest is their own. */
async function save(models: Stores, person: PersonDocument, session: Transaction): Promise<void> {
  const { _id, roles, disabled, passwordHash, links, openedFor = null } = person;
  const managed = { roles, disabled, passwordHash, links, openedFor };
  await models.people.updateOne({ _id }, managed, { session });
}

function findWithin(models: Stores, of: PersonRef, session: Transaction): Promise<PersonDocument | null> {
  return models.people.findOne(personFilter(of), null, { session }).lean<PersonDocument | null>();
}

async function requiredPerson(models: Stores, of: PersonRef, session: Transaction): Promise<PersonDocument> {
  const person = await findWithin(models, of, session);
  if (!person) throw new NoSuchPerson(of);
  return person;
}
