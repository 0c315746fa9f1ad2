import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { findPerson } from '../../models/people/people.ts';
import type { PersonDocument } from '../../models/people/personSchema.ts';
import type { SessionDocument } from '../../models/signIn/sessionSchema.ts';
import { endSession, findSession } from '../../models/signIn/sessions.ts';
import { redirect } from './pages/sendPage.ts';
import { requireSameOrigin } from './requireSameOrigin.ts';
import type { SignInContext } from './signInContext.ts';

/** A session that came with a request, and its person. */
export interface BrowserSession {
  person: PersonDocument;
  session: SessionDocument;
}

type WithSession = IncomingMessage & { browserSession?: BrowserSession };

const TOKEN = /^[\w-]{43}$/;
const SAFE_METHODS = new Set(['GET', 'HEAD']);
/** Page after sign-in, until there is a dashboard. */
const AFTER_SIGN_IN = '/sign-in';

/**
 * Attaches the session of a request. Every request looks its session up, so signing out or disabling a person takes effect
 * at once in every process. Requests with `Authorization` skip the lookup.
 */
export function attachSession(context: SignInContext): RequestHandler {
  return async (request, _response, next) => {
    if (request.headers.authorization !== undefined) return next();
    const found = await findBrowserSession(context, request);
    if (found) (request as WithSession).browserSession = found;
    next();
  };
}

/**
 * The session of a request's cookie, if it has not ended and its person is not disabled.
 *
 * @throws Problem 403 for a request of another site
 */
export async function findBrowserSession(
  { models, sessionCookie, publicUrl }: SignInContext,
  request: IncomingMessage,
): Promise<BrowserSession | undefined> {
  const token = sessionCookie.read(request);
  if (token === undefined || !TOKEN.test(token)) return undefined;
  if (!SAFE_METHODS.has(request.method!)) requireSameOrigin(request, publicUrl());
  const session = await findSession(models, token);
  const person = session && (await findPerson(models, session.personId));
  return session && person && !person.disabled ? { person, session } : undefined;
}

export const sessionOf = (request: IncomingMessage): BrowserSession | undefined =>
  (request as WithSession).browserSession;

/** The session of a request to a route that is `signedIn`, which the pipeline lets through with a session only. */
export const requiredSession = (request: IncomingMessage): BrowserSession => sessionOf(request)!;

/** Ends the browser's earlier session, if any, sets the cookie of the new one and redirects. */
export async function startBrowserSession(
  { models, sessionCookie }: SignInContext,
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
): Promise<void> {
  const earlier = sessionOf(request);
  if (earlier) await endSession(models, earlier.session._id);
  sessionCookie.set(response, token);
  redirect(response, AFTER_SIGN_IN);
}
