import { v4 as uuidv4 } from 'uuid';
import { ownEvent, recordAuditEvent } from '../audit/auditLog.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { LINK_MS } from '../signIn/oneTimeLinks.ts';
import { hashToken, newToken } from '../token.ts';
import type { InvitationDocument } from './invitationSchema.ts';
import { type PersonRef, personFilter, withRole } from './people.ts';
import { normalEmail, type PersonDocument, type Role } from './personSchema.ts';

/**
 * Changes the role of a member of an org, or invites the address if it belongs to no member. It never looks for an
 * account outside the org, so neither the answer nor its time reveals one (no account enumeration).
 *
 * @returns the member with the new role, or the invitation and the token of its link
 */
export function inviteToOrg(
  models: Models,
  { email, role, orgId, actor }: { email: string; role: Role; orgId: string; actor: Actor },
): Promise<{ person: PersonDocument } | { invitation: InvitationDocument; token: string }> {
  const token = newToken();
  return inTransaction(models, async (transaction) => {
    const member = await models.people
      .findOne({ email: normalEmail(email), 'roles.orgId': orgId }, null, { session: transaction })
      .lean<PersonDocument | null>();
    const event = { actor, orgId, details: { role } };
    if (member) {
      const roles = withRole(member.roles, orgId, role);
      await models.people.updateOne({ _id: member._id }, { roles }, { session: transaction });
      await recordAuditEvent(models, { ...event, action: 'person.role', target: member._id }, transaction);
      return { person: { ...member, roles } };
    }
    const createdAt = new Date();
    const expiresAt = new Date(createdAt.getTime() + LINK_MS);
    const changes = { role, hash: hashToken(token), expiresAt, createdAt };
    const invitation = await models.invitations
      .findOneAndUpdate(
        { email: normalEmail(email), orgId },
        { $set: changes, $setOnInsert: { _id: uuidv4() } },
        { session: transaction, upsert: true, returnDocument: 'after' },
      )
      .lean<InvitationDocument>();
    await recordAuditEvent(models, { ...event, action: 'person.invite', target: invitation!._id }, transaction);
    return { invitation: invitation!, token };
  });
}

/** The invitation that a link's token belongs to; null once it has expired or was used. */
export function findInvitation(models: Models, token: string): Promise<InvitationDocument | null> {
  return models.invitations
    .findOne({ hash: hashToken(token), expiresAt: { $gt: new Date() } })
    .lean<InvitationDocument | null>();
}

/** Withdraws an invitation; with `orgId`, only an invitation to that org. Returns null if there is none. */
export function withdrawInvitation(
  models: Models,
  { orgId, actor, ...ref }: PersonRef & { orgId: string | undefined; actor: Actor },
): Promise<InvitationDocument | null> {
  return inTransaction(models, async (transaction) => {
    const invitation = await models.invitations
      .findOneAndDelete({ ...personFilter(ref), ...(orgId !== undefined && { orgId }) }, { session: transaction })
      .lean<InvitationDocument | null>();
    if (!invitation) return null;
    const event = { actor, action: 'person.role', target: invitation._id, orgId: invitation.orgId };
    await recordAuditEvent(models, { ...event, details: { role: null } }, transaction);
    return invitation;
  });
}

/** Whether the admin of another org than `orgId` may know the person's password; see `openedFor`. */
export function isManagedByOtherOrg({ openedFor }: PersonDocument, orgId: string | null): boolean {
  return typeof openedFor === 'string' && openedFor !== orgId;
}

/** Removes and returns all invitations of an address that an OpenID provider has verified. */
export async function takeInvitations(
  models: Models,
  email: string,
  transaction: Transaction,
): Promise<InvitationDocument[]> {
  const invitations = await models.invitations
    .find({ email }, null, { session: transaction })
    .lean<InvitationDocument[]>();
  await models.invitations.deleteMany({ email }, { session: transaction });
  return invitations;
}

/** Records an accepted invitation. The org's log reads the same for new people and for existing accounts. */
export function recordJoin(
  models: Models,
  { person, invitation, from }: { person: PersonDocument; invitation: InvitationDocument; from: string },
  transaction: Transaction,
): Promise<void> {
  const { orgId, role } = invitation;
  return recordAuditEvent(models, { ...ownEvent(person._id, from, 'person.join', { role }), orgId }, transaction);
}
