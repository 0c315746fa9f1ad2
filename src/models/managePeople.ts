import type { Actor } from './auditEntry.ts';
import { recordAct } from './auditLog.ts';
import type { Models } from './database.ts';
import { inTransaction, type Session } from './inTransaction.ts';
import { createOneTimeLink } from './oneTimeLinks.ts';
import { createPerson, withRole } from './people.ts';
import { normalEmail, type PersonDocument, type RoleIn } from './person.ts';
import { endSessions } from './sessions.ts';

type Stores = Pick<Models, 'connection' | 'people' | 'sessions' | 'oneTimeLinks' | 'auditLog'>;

/** There is nobody with this address. */
export class NoSuchPerson extends Error {
  override name = 'NoSuchPerson';

  constructor(email: string) {
    super(`there is nobody with the address ${normalEmail(email)}`);
  }
}

/**
 * Gives somebody a role in an org, in place of the one they have there.
 *
 * @returns the token of a link to set a password by, for whoever has none
 */
export function invitePerson(
  models: Stores,
  { email, role, orgId, actor }: RoleIn & { email: string; actor: Actor },
): Promise<string | undefined> {
  return inTransaction(models, async (session) => {
    const there = await personWithin(models, email, session);
    const person = there ?? (await createPerson(models, { email, roles: [{ role, orgId }] }, session));
    if (there) {
      const roles = withRole(there.roles, orgId, role);
      await models.people.updateOne({ _id: there._id }, { roles, disabled: false }, { session });
    }
    const action = there ? 'person.role' : 'person.invite';
    await recordAct(models, { actor, action, target: person._id, orgId, details: { role } }, session);
    return person.passwordHash === null ? createOneTimeLink(models, person._id, session) : undefined;
  });
}

/** Takes the role in an org away. Throws NoSuchPerson. */
export function removeRole(
  models: Stores,
  { email, orgId, actor }: { email: string; orgId: string | null; actor: Actor },
): Promise<void> {
  return inTransaction(models, async (session) => {
    const person = await requiredPerson(models, email, session);
    const roles = withRole(person.roles, orgId, null);
    await models.people.updateOne({ _id: person._id }, { roles }, { session });
    const act = { actor, action: 'person.role', target: person._id, orgId, details: { role: null } };
    await recordAct(models, act, session);
  });
}

/** Lets somebody in no more: every session and link of theirs ends. Throws NoSuchPerson. */
export function disablePerson(
  models: Stores,
  { email, actor }: { email: string; actor: Actor },
): Promise<void> {
  return inTransaction(models, async (session) => {
    const { _id } = await requiredPerson(models, email, session);
    await models.people.updateOne({ _id }, { disabled: true }, { session });
    await endSessions(models, { personId: _id }, session);
    await models.oneTimeLinks.deleteOne({ _id }, { session });
    await recordAct(models, { actor, action: 'person.disable', target: _id }, session);
  });
}

/**
 * Takes away all that somebody signs in by, and gives the token of a link to begin anew. Throws NoSuchPerson.
 */
export function resetPerson(
  models: Stores,
  { email, actor }: { email: string; actor: Actor },
): Promise<string> {
  return inTransaction(models, async (session) => {
    const { _id } = await requiredPerson(models, email, session);
    await models.people.updateOne({ _id }, { passwordHash: null, links: [], disabled: false }, { session });
    await endSessions(models, { personId: _id }, session);
    await recordAct(models, { actor, action: 'person.reset', target: _id }, session);
    return createOneTimeLink(models, _id, session);
  });
}

function personWithin(models: Stores, email: string, session: Session): Promise<PersonDocument | null> {
  return models.people
    .findOne({ email: normalEmail(email) }, null, { session })
    .lean<PersonDocument | null>();
}

async function requiredPerson(models: Stores, email: string, session: Session): Promise<PersonDocument> {
  const person = await personWithin(models, email, session);
  if (!person) throw new NoSuchPerson(email);
  return person;
}
