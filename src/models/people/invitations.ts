import { v4 as uuidv4 } from 'uuid';
import { recordAuditEvent } from '../audit/auditLog.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { LINK_MS } from '../signIn/oneTimeLinks.ts';
import { hashToken, newToken } from '../signIn/token.ts';
import type { InvitationDocument } from './invitationSchema.ts';
import { type PersonRef, personFilter, withRole } from './people.ts';
import { normalEmail, type PersonDocument, type Role } from './personSchema.ts';

type Stores = Pick<Models, 'connection' | 'people' | 'invitations' | 'auditLog'>;

/** What an org's admin has asked for: a member has another role, or somebody is invited by the token of a link. */
export type InviteResult = { person: PersonDocument } | { invitation: InvitationDocument; token: string };

/**
 * Offers somebody a role in an org, or changes that of somebody who has one there. Whether there is anybody with the
 * address outside of the org is not looked at, so that nothing of it can be told by the answer or its time.
 */
export function inviteToOrg(
  models: Stores,
  { email, role, orgId, actor }: { email: string; role: Role; orgId: string; actor: Actor },
): Promise<InviteResult> {
  const token = newToken();
  return inTransaction(models, async (session) => {
    const member = await models.people
      .findOne({ email: normalEmail(email), 'roles.orgId': orgId }, null, { session })
      .lean<PersonDocument | null>();
    const act = { actor, orgId, details: { role } };
    if (member) {
      const roles = withRole(member.roles, orgId, role);
      await models.people.updateOne({ _id: member._id }, { roles }, { session });
      await recordAuditEvent(models, { ...act, action: 'person.role', target: member._id }, session);
      return { person: { ...member, roles } };
    }
    const now = Date.now();
    const offer = {
      role,
      hash: hashToken(token),
      expiresAt: new Date(now + LINK_MS),
      createdAt: new Date(now),
    };
    const invitation = await models.invitations
      .findOneAndUpdate(
        { email: normalEmail(email), orgId },
        { $set: offer, $setOnInsert: { _id: uuidv4() } },
        { session, upsert: true, returnDocument: 'after' },
      )
      .lean<InvitationDocument>();
    await recordAuditEvent(models, { ...act, action: 'person.invite', target: invitation!._id }, session);
    return { invitation: invitation!, token };
  });
}

/** The invitation that a link is for, while it can be taken up. */
export function findInvitation(
  models: Pick<Models, 'invitations'>,
  token: string,
): Promise<InvitationDocument | null> {
  return models.invitations
    .findOne({ hash: hashToken(token), expiresAt: { $gt: new Date() } })
    .lean<InvitationDocument | null>();
}

/** Takes an invitation back; `orgId`: only where it is of this org. */
export function withdrawInvitation(
  models: Stores,
  { orgId, actor, ...of }: PersonRef & { orgId: string | undefined; actor: Actor },
): Promise<InvitationDocument | null> {
  return inTransaction(models, async (session) => {
    const invitation = await models.invitations
      .findOneAndDelete({ ...personFilter(of), ...(orgId !== undefined && { orgId }) }, { session })
      .lean<InvitationDocument | null>();
    if (invitation) {
      const act = { actor, action: 'person.role', target: invitation._id, orgId: invitation.orgId };
      await recordAuditEvent(models, { ...act, details: { role: null } }, session);
    }
    return invitation;
  });
}

/** Somebody whose password another org's admin may know: see `openedFor` of a person. */
export function isManagedByOtherOrg({ openedFor }: PersonDocument, orgId: string | null): boolean {
  return typeof openedFor === 'string' && openedFor !== orgId;
}

/** All invitations of an address, taken up by somebody for whom a provider vouches. */
export async function takeInvitations(
  models: Pick<Models, 'invitations'>,
  email: string,
  session: Transaction,
): Promise<InvitationDocument[]> {
  const found = await models.invitations.find({ email }, null, { session }).lean<InvitationDocument[]>();
  await models.invitations.deleteMany({ email }, { session });
  return found;
}

/** In the org's log the same line for somebody new as for somebody who was here. */
export function recordJoin(
  models: Pick<Models, 'auditLog'>,
  of: { person: PersonDocument; invitation: InvitationDocument; from: string },
  session: Transaction,
): Promise<void> {
  const { _id: id } = of.person;
  const { orgId, role } = of.invitation;
  const actor: Actor = { kind: 'person', id, from: of.from };
  return recordAuditEvent(
    models,
    { actor, action: 'person.join', target: id, orgId, details: { role } },
    session,
  );
}
