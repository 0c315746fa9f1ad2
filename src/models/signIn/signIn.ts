import { recordAuditEvent } from '../audit/auditLog.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { recordJoin, takeInvitations } from '../people/invitations.ts';
import { createPerson, findPerson, findPersonByEmail, findPersonByLink } from '../people/people.ts';
import {
  type Link,
  normalEmail,
  type PersonDocument,
  type Role,
  type RoleIn,
} from '../people/personSchema.ts';
import { FIRST_ADMIN } from './oneTimeLinkSchema.ts';
import { findOneTimeLink, hasPeople, useOneTimeLink } from './oneTimeLinks.ts';
import { createSession, endSessions } from './sessions.ts';

type Stores = Pick<
  Models,
  'connection' | 'people' | 'sessions' | 'oneTimeLinks' | 'invitations' | 'auditLog'
>;

export type SignInMethod = 'password' | 'link' | 'oidc';

const personActor = (id: string, from: string): Actor => ({ kind: 'person', id, from });

/**
 * Signs in somebody who has shown who they are.
 *
 * @returns the token of the new session; undefined where the person was disabled, or the password changed, meanwhile
 */
export function signIn(
  models: Stores,
  person: PersonDocument,
  { from, by }: { from: string; by: SignInMethod },
): Promise<string | undefined> {
  return inTransaction(models, (transaction) => signInWithin(models, person, { from, by }, transaction));
}

/** The same, within a transaction. */
export async function signInWithin(
  models: Pick<Models, 'people' | 'sessions' | 'auditLog'>,
  { _id: personId, passwordHash }: PersonDocument,
  { from, by }: { from: string; by: SignInMethod },
  session: Transaction,
): Promise<string | undefined> {
  // A write, so that it and one that disables the person or changes the password cannot both succeed.
  const before = await models.people
    .findOneAndUpdate(
      { _id: personId, passwordHash, disabled: false },
      { failedSignIns: 0, lastSignInAt: new Date() },
      { session },
    )
    .lean<PersonDocument | null>();
  if (!before) return undefined;
  const token = await createSession(models, { personId, from }, session);
  await recordAuditEvent(
    models,
    {
      actor: personActor(personId, from),
      action: 'session.sign-in',
      target: personId,
      details: { by, failedBefore: before.failedSignIns },
    },
    session,
  );
  return token;
}

/** Counts a sign-in that failed, where there is such a person. Not waited for: time must not tell whether there is. */
export function countFailedSignIn(models: Pick<Models, 'people'>, email: string): void {
  void models.people.updateOne({ email: normalEmail(email) }, { $inc: { failedSignIns: 1 } }).catch(() => {});
}

export async function signOutEverywhere(models: Stores, personId: string, from: string): Promise<void> {
  await inTransaction(models, async (session) => {
    await endSessions(models, { personId }, session);
    const actor = personActor(personId, from);
    await recordAuditEvent(
      models,
      { actor, action: 'session.sign-out-everywhere', target: personId },
      session,
    );
  });
}

/**
 * Puts another password in place of the one that was shown, and ends all sessions but the one that asks.
 *
 * @returns false where the password was changed by somebody else meanwhile
 */
export function changePassword(
  models: Stores,
  person: PersonDocument,
  change: { passwordHash: string; keep: string; from: string },
): Promise<boolean> {
  return inTransaction(models, async (session) => {
    const { modifiedCount } = await models.people.updateOne(
      { _id: person._id, passwordHash: person.passwordHash, disabled: false },
      { passwordHash: change.passwordHash },
      { session },
    );
    if (modifiedCount === 0) return false;
    await endSessions(models, { personId: person._id, keep: change.keep }, session);
    const actor = personActor(person._id, change.from);
    await recordAuditEvent(models, { actor, action: 'person.password', target: person._id }, session);
    return true;
  });
}

/** Whom a one-time link is for: a person, or the first admin, who is not there yet. */
export async function findLinkHolder(
  models: Stores,
  token: string,
): Promise<PersonDocument | typeof FIRST_ADMIN | undefined> {
  const id = await findOneTimeLink(models, token);
  if (id === FIRST_ADMIN) return (await hasPeople(models)) ? undefined : FIRST_ADMIN;
  const person = id === undefined ? null : await findPerson(models, id);
  return person && !person.disabled ? person : undefined;
}

/**
 * Uses a one-time link up: sets the password of its person, or makes the first admin, and signs in.
 *
 * @returns the token of the new session; undefined where the link was used, replaced or has run out
 */
export function redeemLink(
  models: Stores,
  link: { token: string; email: string; name: string; passwordHash: string; from: string },
): Promise<string | undefined> {
  const { token, email, name, passwordHash, from } = link;
  return inTransaction(models, async (session) => {
    const holder = await findLinkHolder(models, token);
    if (holder === undefined || !(await useOneTimeLink(models, token, session))) return undefined;
    let person: PersonDocument;
    if (holder === FIRST_ADMIN) {
      const roles = [{ role: 'admin' as const, orgId: null }];
      person = await createPerson(models, { email, name, passwordHash, roles }, session);
    } else {
      person = { ...holder, name: name || holder.name, passwordHash };
      const set = { name: person.name, passwordHash };
      await models.people.updateOne({ _id: person._id }, set, { session });
      await endSessions(models, { personId: person._id }, session);
    }
    const act = {
      actor: personActor(person._id, from),
      action: holder === FIRST_ADMIN ? 'person.first-admin' : 'person.password',
      target: person._id,
    };
    await recordAuditEvent(models, act, session);
    return signInWithin(models, person, { from, by: 'link' }, session);
  });
}

/** Why somebody whom a provider knows may not in. */
export type Refusal = 'unknown' | 'disabled' | 'other account';

/**
 * The person behind an account at a provider: the one it is linked with; else the one with the address that the provider
 * vouches for, who is linked with it from now on; else a new one, where that address is invited or there is a role for all.
 */
export async function findOrProvisionFromOidc(
  models: Stores,
  account: Link & { email: string | undefined; name: string },
  { newRole, from }: { newRole: Role | undefined; from: string },
): Promise<PersonDocument | Refusal> {
  const { issuer, subject, email } = account;
  const linked = await findPersonByLink(models, { issuer, subject });
  if (linked) return linked.disabled ? 'disabled' : linked;
  if (email === undefined) return 'unknown';
  const person = await findPersonByEmail(models, email);
  if (person?.disabled) return 'disabled';
  // An address that was given to somebody else there must not open what its former owner had.
  if (person?.links.some((one) => one.issuer === issuer)) return 'other account';
  return inTransaction(models, (session) =>
    person
      ? linkPerson(models, person, { issuer, subject, from }, session)
      : personInvited(models, { ...account, email }, { newRole, from }, session),
  );
}

async function linkPerson(
  models: Stores,
  person: PersonDocument,
  { issuer, subject, from }: Link & { from: string },
  session: Transaction,
): Promise<PersonDocument | Refusal> {
  const { _id } = person;
  // Now that a provider vouches for them, a password that an org's admin may know opens nothing any more.
  const isOpened = typeof person.openedFor === 'string';
  const ended = isOpened ? { passwordHash: null, openedFor: null } : {};
  const { matchedCount } = await models.people.updateOne(
    { _id, 'links.issuer': { $ne: issuer } },
    { $push: { links: { issuer, subject } }, $set: ended },
    { session },
  );
  if (matchedCount === 0) return 'other account';
  if (isOpened) await endSessions(models, { personId: _id }, session);
  const act = { actor: personActor(_id, from), action: 'person.link', target: _id };
  await recordAuditEvent(models, { ...act, details: { issuer } }, session);
  return { ...person, ...ended };
}

async function personInvited(
  models: Stores,
  { issuer, subject, email, name }: Link & { email: string; name: string },
  { newRole, from }: { newRole: Role | undefined; from: string },
  session: Transaction,
): Promise<PersonDocument | Refusal> {
  const invitations = await takeInvitations(models, email, session);
  if (newRole === undefined && invitations.length === 0) return 'unknown';
  const roles: RoleIn[] = invitations.map(({ role, orgId }) => ({ role, orgId }));
  if (newRole !== undefined) roles.push({ role: newRole, orgId: null });
  const person = await createPerson(models, { email, name, roles, links: [{ issuer, subject }] }, session);
  const act = { actor: personActor(person._id, from), action: 'person.create', target: person._id };
  await recordAuditEvent(models, { ...act, details: { by: 'oidc', role: newRole ?? null } }, session);
  for (const invitation of invitations) await recordJoin(models, { person, invitation, from }, session);
  return person;
}
