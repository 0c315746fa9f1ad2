import type { Models } from '../database.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { signInWithin } from '../signIn/signIn.ts';
import { hashToken } from '../token.ts';
import type { InvitationDocument } from './invitationSchema.ts';
import { isManagedByOtherOrg, recordJoin } from './invitations.ts';
import { createPerson, withRole } from './people.ts';
import type { PersonDocument } from './personSchema.ts';

/** The person who accepts: one who has proved who they are, or a new one. */
export type Invitee = { person: PersonDocument } | { name: string; passwordHash: string };

/**
 * Accepts an invitation and signs the invitee in.
 *
 * @returns the token of the new session; undefined if the invitation was used, replaced or has expired, or if the person
 *   was changed or disabled since they were read
 * @throws a duplicate-key error (`isDuplicate`) if a new person's address has an account by now
 */
export function acceptInvitation(
  models: Models,
  { token, from, invitee }: { token: string; from: string; invitee: Invitee },
): Promise<string | undefined> {
  return inTransaction(models, async (transaction) => {
    const invitation = await models.invitations
      .findOneAndDelete({ hash: hashToken(token), expiresAt: { $gt: new Date() } }, { session: transaction })
      .lean<InvitationDocument | null>();
    if (!invitation) return undefined;
    const { email, orgId, role } = invitation;
    const person =
      'person' in invitee
        ? await addRole(models, invitee.person, invitation, transaction)
        : await createPerson(models, { ...invitee, email, roles: [{ role, orgId }], openedFor: orgId }, transaction);
    if (!person) return undefined;
    await recordJoin(models, { person, invitation, from }, transaction);
    return signInWithin(models, person, { from, by: 'link' }, transaction);
  });
}

async function addRole(
  models: Models,
  { _id, passwordHash }: PersonDocument,
  { orgId, role }: InvitationDocument,
  transaction: Transaction,
): Promise<PersonDocument | undefined> {
  const person = await models.people
    .findOne({ _id, passwordHash, disabled: false }, null, { session: transaction })
    .lean<PersonDocument | null>();
  if (!person || isManagedByOtherOrg(person, orgId)) return undefined;
  const roles = withRole(person.roles, orgId, role);
  await models.people.updateOne({ _id }, { roles }, { session: transaction });
  return { ...person, roles };
}
