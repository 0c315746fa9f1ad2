import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Models } from '../../models/database.ts';
import type { Scope } from '../../models/keys/keySchema.ts';
import { findPerson } from '../../models/people/people.ts';
import type { PersonDocument, Role, RoleIn } from '../../models/people/personSchema.ts';
import type { SessionDocument } from '../../models/signIn/sessionSchema.ts';
import { findSession } from '../../models/signIn/sessions.ts';
import type { SessionAuthentication } from '../authentication.ts';
import type { Caller } from '../caller.ts';
import { Problem } from '../http/problem.ts';
import { requireSameOrigin } from './requireSameOrigin.ts';
import type { HostCookie } from './sessionCookie.ts';

/** Who sent a request, where a session came with it. */
export interface SignedIn {
  person: PersonDocument;
  session: SessionDocument;
}

type Recognised = IncomingMessage & { signedIn?: SignedIn };

export const sessionOf = (request: IncomingMessage): SignedIn | undefined => (request as Recognised).signedIn;

/**
 * Looks up the session that comes with a request, before any route sees it. It is looked up each time, so that whoever
 * is signed out or disabled anywhere is so at once; requests with a key are let pass and cost nothing.
 */
export function attachSession(options: {
  models: Models;
  cookie: HostCookie;
  publicUrl(): string;
}): RequestHandler {
  const { models, cookie, publicUrl } = options;
  return async (request, _response, next) => {
    const token = cookie.read(request);
    if (request.headers.authorization === undefined && token !== undefined && TOKEN.test(token)) {
      if (!SAFE_METHODS.has(request.method)) requireSameOrigin(request, publicUrl());
      const session = await findSession(models, token);
      const person = session && (await findPerson(models, session.personId));
      if (session && person && !person.disabled) (request as Recognised).signedIn = { person, session };
    }
    next();
  };
}

/** Authenticates requests by the session that the middleware attached. */
export const sessionAuthentication: SessionAuthentication = {
  authenticate(request) {
    const signedIn = sessionOf(request);
    return signedIn && { id: signedIn.person._id, kind: 'person', scope: 'read', orgId: null };
  },
  authorize: (request, scope) => callerFor(sessionOf(request)!, request, scope),
};

const TOKEN = /^[\w-]{43}$/;
const SAFE_METHODS = new Set(['GET', 'HEAD']);

const SCOPE_OF = { viewer: 'read', responder: 'respond', admin: 'admin' } as const satisfies Record<
  Role,
  Scope
>;
const RANK: Record<Scope, number> = { ingest: Number.POSITIVE_INFINITY, read: 1, respond: 2, admin: 3 };

/**
 * What a person is for one request: a caller as a key would be, with one scope, and bound to the org that the request
 * names or, where it names none, to the only one in which the person may do this.
 *
 * @throws Problem 403 where no role of theirs suffices there; 400 where it must be said which org is meant
 */
function callerFor({ person }: SignedIn, request: IncomingMessage, needed: Scope): Caller {
  const named = orgNamedBy(request);
  const suffice = person.roles.filter(
    ({ role, orgId }) =>
      RANK[SCOPE_OF[role]] >= RANK[needed] && (named === undefined || orgId === null || orgId === named),
  );
  if (suffice.length === 0)
    throw new Problem(403, `None of your roles${named === undefined ? '' : ' in this org'} allows this.`);
  const everywhere = suffice.filter(({ orgId }) => orgId === null);
  if (named !== undefined) return highestOf(person, suffice, named);
  if (everywhere.length > 0) return highestOf(person, everywhere, null);
  if (new Set(suffice.map(({ orgId }) => orgId)).size > 1)
    throw new Problem(
      400,
      'You may do this in several orgs: say which one, with the parameter orgId or the header Feedback-Org.',
    );
  return highestOf(person, suffice, suffice[0]!.orgId);
}

function highestOf({ _id }: PersonDocument, roles: readonly RoleIn[], orgId: string | null): Caller {
  const scopes = roles.map(({ role }) => SCOPE_OF[role]).sort((a, b) => RANK[b] - RANK[a]);
  return { id: _id, kind: 'person', scope: scopes[0]!, orgId };
}

/**
 * By its parameter; else by its path, where that is about an org; else by a header, for routes that have neither. Routes
 * check the same again, against the caller.
 */
function orgNamedBy({ url = '', headers }: IncomingMessage): string | undefined {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const [orgId] = searchParams.getAll('orgId');
  if (orgId !== undefined) return orgId;
  const named = /^\/v1\/orgs\/([^/]+)/.exec(pathname)?.[1] ?? headers['feedback-org'];
  try {
    return named === undefined ? undefined : decodeURIComponent(String(named));
  } catch {
    return String(named);
  }
}
