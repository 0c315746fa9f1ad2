import type { RequestHandler } from 'express';
import type { SessionAuthentication } from '../authentication.ts';
import { peopleRoutes } from '../people/peopleRoutes.ts';
import type { Route } from '../route.ts';
import { attachSession, findBrowserSession, sessionOf } from './browserSession.ts';
import { oidcRoutes } from './oidcRoutes.ts';
import { passwordPageRoutes } from './pages/passwordPageRoutes.ts';
import { signInPageRoutes } from './pages/signInPageRoutes.ts';
import { personCaller } from './personCaller.ts';
import { sessionRoutes } from './sessionRoutes.ts';
import {
  createSignInContext,
  type SignInContext,
  type SignInContextOptions,
  type SignInSettings,
} from './signInContext.ts';

/**
 * Sign-in as the rest of the service sees it. Other folders import nothing else from here or from `api/people`, so a
 * sign-in library could replace both (docs/decisions/0014-own-sign-in.md).
 */
export interface SignIn {
  /** Middleware that looks up the session of a request. It runs before every route but those for ingest. */
  attachSession: RequestHandler;
  /** authentication by the attached session */
  sessions: SessionAuthentication;
  /** routes of the API: people, sessions and OpenID Connect */
  routes: Route[];
  /** HTML pages, which the API's documentation leaves out */
  pages: Route[];
}

const authenticationBy = (context: SignInContext): SessionAuthentication => ({
  authenticate(request) {
    const person = sessionOf(request)?.person;
    return person && { id: person._id, kind: 'person', scope: 'read', orgId: null };
  },
  authorize: (request, scope) => personCaller(sessionOf(request)!.person, request, scope),
  async reauthorize(request, scope) {
    const found = await findBrowserSession(context, request);
    return found && personCaller(found.person, request, scope);
  },
});

export function createSignIn(settings: SignInSettings, options: SignInContextOptions): SignIn {
  const context = createSignInContext(settings, options);
  return {
    attachSession: attachSession(context),
    sessions: authenticationBy(context),
    routes: [...peopleRoutes(context), ...sessionRoutes(context), ...oidcRoutes(context)],
    pages: [...signInPageRoutes(context), ...passwordPageRoutes(context)],
  };
}
