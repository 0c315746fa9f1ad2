import type { IncomingMessage } from 'node:http';
import type { Scope } from '../../models/keys/keySchema.ts';
import type { PersonDocument, Role, RoleIn } from '../../models/people/personSchema.ts';
import type { Caller } from '../caller.ts';
import { Problem } from '../http/problem.ts';

const SCOPE_OF = { viewer: 'read', responder: 'respond', admin: 'admin' } as const satisfies Record<Role, Scope>;
/** Order of the scopes that roles give. No role gives `ingest`. */
const RANK: Record<Scope, number> = { ingest: Number.POSITIVE_INFINITY, read: 1, respond: 2, admin: 3 };

/**
 * A signed-in person as the caller of one request: one scope, and one org or all. The org is the one that the request
 * names; else all orgs, if a role there suffices; else the only org with a sufficient role.
 *
 * @throws Problem 403 if no role suffices; 400 if roles in several orgs do and the request names none
 */
export function personCaller(person: PersonDocument, request: IncomingMessage, scope: Scope): Caller {
  const orgId = namedOrg(request);
  const sufficient = person.roles.filter(
    (role) =>
      RANK[SCOPE_OF[role.role]] >= RANK[scope] && (orgId === undefined || role.orgId === null || role.orgId === orgId),
  );
  if (sufficient.length === 0)
    throw new Problem(403, `None of your roles${orgId === undefined ? '' : ' in this org'} allows this.`);
  if (orgId !== undefined) return callerIn(orgId, person, sufficient);
  const inAllOrgs = sufficient.filter((role) => role.orgId === null);
  if (inAllOrgs.length > 0) return callerIn(null, person, inAllOrgs);
  const [first, ...others] = new Set(sufficient.map((role) => role.orgId));
  if (others.length > 0)
    throw new Problem(
      400,
      'Your roles allow this in several orgs. Name one with the parameter orgId or the header Feedback-Org.',
    );
  return callerIn(first!, person, sufficient);
}

/** The caller with the highest scope of `roles`. */
function callerIn(orgId: string | null, { _id: id }: PersonDocument, roles: readonly RoleIn[]): Caller {
  const scopes = roles.map(({ role }) => SCOPE_OF[role]).sort((a, b) => RANK[b] - RANK[a]);
  return { id, kind: 'person', scope: scopes[0]!, orgId };
}

/**
 * The org that a request names: in `orgId`, else in a path of `/v1/orgs`, else in the header `Feedback-Org`. Routes check
 * the org again, against the caller.
 */
function namedOrg({ url = '', headers }: IncomingMessage): string | undefined {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const [orgId] = searchParams.getAll('orgId');
  if (orgId !== undefined) return orgId;
  const name = /^\/v1\/orgs\/([^/]+)/.exec(pathname)?.[1] ?? headers['feedback-org'];
  try {
    return name === undefined ? undefined : decodeURIComponent(String(name));
  } catch {
    return String(name);
  }
}
