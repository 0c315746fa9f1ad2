import type { Models } from '../database.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { signInWithin } from '../signIn/signIn.ts';
import { hashToken } from '../signIn/token.ts';
import type { InvitationDocument } from './invitationSchema.ts';
import { isManagedByOtherOrg, recordJoin } from './invitations.ts';
import { createPerson, withRole } from './people.ts';
import type { PersonDocument } from './personSchema.ts';

type Stores = Pick<Models, 'connection' | 'people' | 'sessions' | 'invitations' | 'auditLog'>;

/**
 * Takes an invitation up and signs in: as the one who has shown that they are `person`, else as somebody new.
 *
 * @returns the token of the new session; undefined where the invitation is used, replaced or gone, or the person has
 *   changed meanwhile
 * @throws what `isDuplicate` knows where there is somebody with the address by now
 */
export function acceptInvitation(
  models: Stores,
  by: { token: string; from: string } & ({ person: PersonDocument } | { name: string; passwordHash: string }),
): Promise<string | undefined> {
  return inTransaction(models, async (session) => {
    const invitation = await models.invitations
      .findOneAndDelete({ hash: hashToken(by.token), expiresAt: { $gt: new Date() } }, { session })
      .lean<InvitationDocument | null>();
    if (!invitation) return undefined;
    const { email, orgId, role } = invitation;
    const person =
      'person' in by
        ? await addRole(models, by.person, invitation, session)
        : await createPerson(
            models,
            {
              email,
              name: by.name,
              passwordHash: by.passwordHash,
              roles: [{ role, orgId }],
              openedFor: orgId,
            },
            session,
          );
    if (!person) return undefined;
    await recordJoin(models, { person, invitation, from: by.from }, session);
    return signInWithin(models, person, { from: by.from, by: 'link' }, session);
  });
}

async function addRole(
  models: Stores,
  { _id, passwordHash }: PersonDocument,
  { orgId, role }: InvitationDocument,
  session: Transaction,
): Promise<PersonDocument | undefined> {
  const person = await models.people
    .findOne({ _id, passwordHash, disabled: false }, null, { session })
    .lean<PersonDocument | null>();
  if (!person || isManagedByOtherOrg(person, orgId)) return undefined;
  const roles = withRole(person.roles, orgId, role);
  await models.people.updateOne({ _id }, { roles }, { session });
  return { ...person, roles };
}
