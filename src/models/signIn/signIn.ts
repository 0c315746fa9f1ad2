import { ownEvent, recordAuditEvent } from '../audit/auditLog.ts';
import type { Models } from '../database.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { createPerson, findPerson } from '../people/people.ts';
import { normalEmail, type PersonDocument } from '../people/personSchema.ts';
import { FIRST_ADMIN } from './oneTimeLinkSchema.ts';
import { findOneTimeLink, hasPeople, useOneTimeLink } from './oneTimeLinks.ts';
import { createSession, endSessions } from './sessions.ts';

export type SignInMethod = 'password' | 'link' | 'oidc';

/**
 * Signs in a person who has proved who they are.
 *
 * @returns the token of the new session; undefined if the person was disabled, or their password changed, since they
 *   were read
 */
export function signIn(
  models: Models,
  person: PersonDocument,
  { from, by }: { from: string; by: SignInMethod },
): Promise<string | undefined> {
  return inTransaction(models, (transaction) => signInWithin(models, person, { from, by }, transaction));
}

/** `signIn` within a transaction of the caller. */
export async function signInWithin(
  models: Models,
  { _id: personId, passwordHash }: PersonDocument,
  { from, by }: { from: string; by: SignInMethod },
  transaction: Transaction,
): Promise<string | undefined> {
  // A write, so that it conflicts with one that disables the person or changes the password.
  const before = await models.people
    .findOneAndUpdate(
      { _id: personId, passwordHash, disabled: false },
      { failedSignIns: 0, lastSignInAt: new Date() },
      { session: transaction },
    )
    .lean<PersonDocument | null>();
  if (!before) return undefined;
  const token = await createSession(models, { personId, from }, transaction);
  const details = { by, failedBefore: before.failedSignIns };
  await recordAuditEvent(models, ownEvent(personId, from, 'session.sign-in', details), transaction);
  return token;
}

/** Counts a failed sign-in if the address has an account. Not awaited, so that its time reveals no account. */
export function countFailedSignIn(models: Models, email: string): void {
  void models.people.updateOne({ email: normalEmail(email) }, { $inc: { failedSignIns: 1 } }).catch(() => {});
}

export async function signOutEverywhere(models: Models, personId: string, from: string): Promise<void> {
  await inTransaction(models, async (transaction) => {
    await endSessions(models, { personId }, transaction);
    await recordAuditEvent(models, ownEvent(personId, from, 'session.sign-out-everywhere'), transaction);
  });
}

/**
 * Replaces a password that the person has proved to know, and ends all their sessions except `keep`.
 *
 * @returns false if the password was changed since the person was read
 */
export function changePassword(
  models: Models,
  person: PersonDocument,
  { passwordHash, keep, from }: { passwordHash: string; keep: string; from: string },
): Promise<boolean> {
  return inTransaction(models, async (transaction) => {
    const { modifiedCount } = await models.people.updateOne(
      { _id: person._id, passwordHash: person.passwordHash, disabled: false },
      { passwordHash },
      { session: transaction },
    );
    if (modifiedCount === 0) return false;
    await endSessions(models, { personId: person._id, keep }, transaction);
    await recordAuditEvent(models, ownEvent(person._id, from, 'person.password'), transaction);
    return true;
  });
}

/** The holder of a one-time link: a person, or the first admin, who does not exist yet. */
export async function findLinkHolder(
  models: Models,
  token: string,
): Promise<PersonDocument | typeof FIRST_ADMIN | undefined> {
  const id = await findOneTimeLink(models, token);
  if (id === FIRST_ADMIN) return (await hasPeople(models)) ? undefined : FIRST_ADMIN;
  const person = id === undefined ? null : await findPerson(models, id);
  return person && !person.disabled ? person : undefined;
}

/**
 * Uses a one-time link: sets the password of its holder, or creates the first admin, and signs in.
 *
 * @returns the token of the new session; undefined if the link was used, replaced or has expired
 */
export function redeemLink(
  models: Models,
  link: { token: string; email: string; name: string; passwordHash: string; from: string },
): Promise<string | undefined> {
  const { token, email, name, passwordHash, from } = link;
  return inTransaction(models, async (transaction) => {
    const holder = await findLinkHolder(models, token);
    if (holder === undefined || !(await useOneTimeLink(models, token, transaction))) return undefined;
    let person: PersonDocument;
    if (holder === FIRST_ADMIN) {
      const roles = [{ role: 'admin' as const, orgId: null }];
      person = await createPerson(models, { email, name, passwordHash, roles }, transaction);
    } else {
      person = { ...holder, name: name || holder.name, passwordHash };
      const changes = { name: person.name, passwordHash };
      await models.people.updateOne({ _id: person._id }, changes, { session: transaction });
      await endSessions(models, { personId: person._id }, transaction);
    }
    const action = holder === FIRST_ADMIN ? 'person.first-admin' : 'person.password';
    await recordAuditEvent(models, ownEvent(person._id, from, action), transaction);
    return signInWithin(models, person, { from, by: 'link' }, transaction);
  });
}
