import { z } from 'zod';
import type { Models } from '../../models/database.ts';
import { pageOf } from '../../models/mongodb/keysetPage.ts';
import { inviteToOrg, withdrawInvitation } from '../../models/people/invitations.ts';
import { type DirectoryEntry, listPeopleAndInvited, positionOf } from '../../models/people/listPeople.ts';
import {
  disablePerson,
  invitePerson,
  NoSuchPerson,
  NoSuchRole,
  removeRole,
  resetPerson,
} from '../../models/people/managePeople.ts';
import { LastAdmin } from '../../models/people/requireRemainingAdmin.ts';
import { LINK_MS } from '../../models/signIn/oneTimeLinks.ts';
import { type Caller, restrictToOrg } from '../caller.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import { Problem } from '../http/problem.ts';
import { queries } from '../reading/querySchemas.ts';
import { ok, type Route, route } from '../route.ts';
import {
  invitedPersonSchema,
  listedPersonSchema,
  newPersonSchema,
  peoplePageSchema,
  resetPersonSchema,
} from './peopleSchemas.ts';

const CURSOR = z.strictObject({ email: z.string().max(500), id: z.string().max(200) });

/**
 * Routes with which admins manage people. An admin of one org manages roles in that org only, and neither sees nor changes
 * anything else of a person.
 */
export function peopleRoutes({ models, publicUrl }: { models: Models; publicUrl(): string }): Route[] {
  const linkOf = (token: string, expiresAt = new Date(Date.now() + LINK_MS)) => ({
    url: `${publicUrl()}/welcome?token=${token}`,
    expiresAt,
  });

  return [
    route('GET /v1/people', {
      summary: 'People and open invitations, sorted by address',
      scope: 'admin',
      query: queries.list,
      responses: ok(peoplePageSchema),
      async handle({ caller, query: { orgId, limit, cursor } }) {
        const after = readCursor(cursor, CURSOR);
        const options = { orgId: restrictToOrg(caller, orgId), limit, after };
        const { items, next } = pageOf(await listPeopleAndInvited(models, options), limit, positionOf);
        return { items: items.map((entry) => present(entry, caller)), nextCursor: next && writeCursor(next) };
      },
    }),
    route('POST /v1/people', {
      summary: 'Invite a person, or change their role in an org',
      scope: 'admin',
      query: queries.none,
      body: newPersonSchema,
      responses: {
        201: { description: 'Invited; the link is shown only once', schema: invitedPersonSchema },
      },
      errors: [409],
      async handle({ caller, actor, body: { email, role, orgId } }) {
        const targetOrgId = restrictToOrg(caller, orgId) ?? null;
        refuseExpiringKey(caller);
        if (caller.orgId !== null) {
          const invited = await inviteToOrg(models, { email, role, orgId: caller.orgId, actor });
          const link = 'token' in invited ? linkOf(invited.token, invited.invitation.expiresAt) : null;
          return { ...present(invited, caller), link };
        }
        const options = { email, role, orgId: targetOrgId, actor, keepsAdmin: true };
        const { person, token } = await withProblems(invitePerson(models, options));
        const link = token === undefined ? null : linkOf(token);
        return { ...present({ person }, caller), link };
      },
    }),
    route('DELETE /v1/people/{id}/role', {
      summary: 'Remove the role in an org, or withdraw the invitation to it',
      scope: 'admin',
      query: queries.one,
      responses: { 200: { description: 'The person without the role', schema: listedPersonSchema } },
      errors: [404, 409],
      async handle({ caller, actor, query, params: { id } }) {
        const orgId = restrictToOrg(caller, query.orgId);
        const invitation = await withdrawInvitation(models, { id, orgId, actor });
        if (invitation) return { ...present({ invitation }, caller), roles: [] };
        const options = { id, orgId: orgId ?? null, actor, keepsAdmin: true };
        const person = await withProblems(removeRole(models, options));
        return present({ person }, caller);
      },
    }),
    route('POST /v1/people/{id}/reset', {
      summary: 'End the password, linked accounts and sessions of a person; only for admins of all orgs',
      scope: 'admin',
      query: queries.none,
      responses: { 200: { description: 'Reset; the link is shown only once', schema: resetPersonSchema } },
      errors: [404],
      async handle({ caller, actor, params: { id } }) {
        requireAllOrgs(caller);
        refuseExpiringKey(caller);
        const { person, token } = await withProblems(resetPerson(models, { id, actor }));
        return { ...present({ person }, caller), link: linkOf(token) };
      },
    }),
    route('POST /v1/people/{id}/disable', {
      summary: 'Disable a person at once, until they are invited again; only for admins of all orgs',
      scope: 'admin',
      query: queries.none,
      responses: { 200: { description: 'Disabled', schema: listedPersonSchema } },
      errors: [404, 409],
      async handle({ caller, actor, params: { id } }) {
        requireAllOrgs(caller);
        const person = await withProblems(disablePerson(models, { id, actor, keepsAdmin: true }));
        return present({ person }, caller);
      },
    }),
  ];
}

/** Turns the errors of `managePeople` into Problems: 404, or 409 for the last admin. */
async function withProblems<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LastAdmin) throw new Problem(409, error.message);
    // The same answer for a missing person and for one without a role in the org.
    if (error instanceof NoSuchPerson || error instanceof NoSuchRole)
      throw new Problem(404, 'There is no such person, or none with a role there, that you may manage.');
    throw error;
  }
}

/** Refuses before looking the person up, so that the answer does not reveal who has roles elsewhere. */
function requireAllOrgs({ orgId }: Caller): void {
  if (orgId !== null)
    throw new Problem(403, 'Only an admin of all orgs may do this. An admin of one org may remove the role in it.');
}

/** A key that expires must not give anybody access that outlasts it. */
function refuseExpiringKey({ expiresAt }: Caller): void {
  if (expiresAt !== undefined)
    throw new Problem(403, 'This key expires, so it cannot let in anybody who could stay longer.');
}

/** An entry as the caller may see it: an admin of one org sees the role in that org, and no sign-in times. */
function present(entry: DirectoryEntry, { orgId }: Caller) {
  if ('invitation' in entry) {
    const { _id: id, email, role, orgId: invitingOrg } = entry.invitation;
    const roles = [{ role, orgId: invitingOrg }];
    return { id, email, name: '', state: 'invited', roles, lastSignInAt: null };
  }
  const { person } = entry;
  const { _id: id, email, name } = person;
  const roles = person.roles
    .filter((role) => orgId === null || role.orgId === orgId)
    .map((role) => ({ role: role.role, orgId: role.orgId }));
  const hasAccount = orgId !== null || person.passwordHash !== null || person.links.length > 0;
  const state = person.disabled ? 'disabled' : hasAccount ? 'active' : 'invited';
  return { id, email, name, state, roles, lastSignInAt: orgId === null ? person.lastSignInAt : null };
}
