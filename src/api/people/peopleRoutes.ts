import { z } from 'zod';
import type { Models } from '../../models/database.ts';
import type { InvitationDocument } from '../../models/people/invitationSchema.ts';
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
 * The routes on people, for an admin. One of a single org has to do with roles in that org alone: they offer them, change
 * them and take them away, and learn and change nothing else of a person.
 */
export function peopleRoutes({ models, publicUrl }: { models: Models; publicUrl(): string }): Route[] {
  const linkOf = (token: string, expiresAt = new Date(Date.now() + LINK_MS)) => ({
    url: `${publicUrl()}/welcome?token=${token}`,
    expiresAt,
  });

  return [
    route({
      method: 'get',
      path: '/v1/people',
      summary: 'Who may sign in, and who is invited to, by address',
      scope: 'admin',
      query: queries.list,
      responses: ok(peoplePageSchema),
      async handle({ caller, query: { orgId, limit, cursor } }) {
        const within = restrictToOrg(caller, orgId);
        const after = readCursor(cursor, CURSOR);
        const found = await listPeopleAndInvited(models, { orgId: within, limit, after });
        const items = found.slice(0, limit);
        const last = found.length > limit ? items.at(-1) : undefined;
        return {
          items: items.map((listed) => present(listed, caller)),
          nextCursor: last ? writeCursor(positionOf(last)) : null,
        };
      },
    }),
    route({
      method: 'post',
      path: '/v1/people',
      summary: 'Invite somebody, or give them another role in an org',
      scope: 'admin',
      query: queries.none,
      body: newPersonSchema,
      responses: { 201: { description: 'Done; the link is shown this once', schema: invitedPersonSchema } },
      errors: [409],
      async handle({ caller, actor, body: { email, role, orgId } }) {
        const within = restrictToOrg(caller, orgId) ?? null;
        refuseAnEnd(caller);
        if (caller.orgId !== null) {
          const offered = await inviteToOrg(models, { email, role, orgId: caller.orgId, actor });
          const link = 'token' in offered ? linkOf(offered.token, offered.invitation.expiresAt) : null;
          return { ...present(offered, caller), link };
        }
        const given = { email, role, orgId: within, actor, keepsAdmin: true };
        const { person, token } = await refusing(invitePerson(models, given));
        const link = token === undefined ? null : linkOf(token);
        return { ...present({ person }, caller), link };
      },
    }),
    route({
      method: 'delete',
      path: '/v1/people/{id}/role',
      summary: 'Take the role in an org away, or the invitation to it back',
      scope: 'admin',
      query: queries.one,
      responses: { 200: { description: 'Who has it no more', schema: listedPersonSchema } },
      errors: [404, 409],
      async handle({ caller, actor, query, params: { id } }) {
        const orgId = restrictToOrg(caller, query.orgId);
        const invitation = await withdrawInvitation(models, { id, orgId, actor });
        const left: DirectoryEntry = invitation
          ? { invitation }
          : {
              person: await refusing(
                removeRole(models, { id, orgId: orgId ?? null, actor, keepsAdmin: true }),
              ),
            };
        const shown = present(left, caller);
        return invitation ? { ...shown, roles: [] } : shown;
      },
    }),
    route({
      method: 'post',
      path: '/v1/people/{id}/reset',
      summary:
        'End the password, the accounts elsewhere and every session of somebody; for an admin of all orgs',
      scope: 'admin',
      query: queries.none,
      responses: { 200: { description: 'Done; the link is shown this once', schema: resetPersonSchema } },
      errors: [404],
      async handle({ caller, actor, params: { id } }) {
        refuseOneOrg(caller);
        refuseAnEnd(caller);
        const { person, token } = await refusing(resetPerson(models, { id, actor }));
        return { ...present({ person }, caller), link: linkOf(token) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/people/{id}/disable',
      summary: 'Let somebody in no more, at once, until they are invited again; for an admin of all orgs',
      scope: 'admin',
      query: queries.none,
      responses: { 200: { description: 'Disabled', schema: listedPersonSchema } },
      errors: [404, 409],
      async handle({ caller, actor, params: { id } }) {
        refuseOneOrg(caller);
        const person = await refusing(disablePerson(models, { id, actor, keepsAdmin: true }));
        return present({ person }, caller);
      },
    }),
  ];
}

async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LastAdmin) throw new Problem(409, error.message);
    // The same for who is not there, and for who has nothing to do with the org.
    if (error instanceof NoSuchPerson || error instanceof NoSuchRole)
      throw new Problem(404, 'There is no such person, or none with a role there, that you may manage.');
    throw error;
  }
}

/** Whoever they ask for: else the answer would tell who has roles elsewhere. */
function refuseOneOrg({ orgId }: Caller): void {
  if (orgId !== null)
    throw new Problem(
      403,
      'Only an admin of all orgs may do this; one of a single org may take away the role in it.',
    );
}

/** What ends lets nobody in who could stay. */
function refuseAnEnd({ expiresAt }: Caller): void {
  if (expiresAt !== undefined)
    throw new Problem(403, 'This key has an end, and lets in nobody who could stay for longer.');
}

/** As an admin of all orgs sees them; one of a single org sees what concerns that org. */
function present(listed: DirectoryEntry, { orgId }: Caller) {
  if ('invitation' in listed) return presentInvitation(listed.invitation);
  const { person } = listed;
  const { _id: id, email, name } = person;
  const roles = person.roles
    .filter((one) => orgId === null || one.orgId === orgId)
    .map((one) => ({ role: one.role, orgId: one.orgId }));
  const hasEntered = orgId !== null || person.passwordHash !== null || person.links.length > 0;
  const state = person.disabled ? 'disabled' : hasEntered ? 'active' : 'invited';
  return { id, email, name, state, roles, lastSignInAt: orgId === null ? person.lastSignInAt : null };
}

function presentInvitation({ _id: id, email, role, orgId }: InvitationDocument) {
  return { id, email, name: '', state: 'invited', roles: [{ role, orgId }], lastSignInAt: null };
}
