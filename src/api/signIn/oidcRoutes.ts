import type { ServerResponse } from 'node:http';
import { findOrProvisionFromOidc } from '../../models/signIn/findOrProvisionFromOidc.ts';
import { signIn } from '../../models/signIn/signIn.ts';
import { type Route, route } from '../route.ts';
import { startBrowserSession } from './browserSession.ts';
import { hostCookie } from './hostCookie.ts';
import { OIDC_STATE_MS, SignInFailed } from './oidcClient.ts';
import { redirect, sendPage } from './pages/sendPage.ts';
import { signInPage } from './pages/signInPage.ts';
import type { SignInContext } from './signInContext.ts';

const CALLBACK = '/v1/session/oidc/callback';

const REFUSALS = {
  unknown: 'You are signed in there, but nobody has let you in here yet. Ask an admin to invite you.',
  disabled: 'Your account here is disabled. Ask an admin.',
  'other account': 'Your account here belongs to another account there. Ask an admin to reset it.',
} as const;

/** Sign-in at an OpenID provider. Failures are shown on the sign-in page. Without a provider there are no routes. */
export function oidcRoutes(context: SignInContext): Route[] {
  const { models, publicUrl, oidc, defaultRole, metrics, log } = context;
  if (!oidc) return [];
  const stateCookie = hostCookie('feedback_oidc', { publicUrl, maxAgeMs: OIDC_STATE_MS });

  /** Shows a failure to the person, and logs the library's reason for operators. */
  function sendFailure(response: ServerResponse, status: number, error: unknown): void {
    if (!(error instanceof SignInFailed)) throw error;
    metrics.signIns.inc({ method: 'oidc', outcome: 'refused' });
    const { code, message } = (error.cause ?? {}) as { code?: string; message?: string };
    if (message !== undefined) log.warn({ code, reason: message }, 'signing in at the provider failed');
    sendPage(response, status, signInPage({ problem: error.message, hasProvider: true }));
  }

  return [
    route('GET /v1/session/oidc', {
      summary: 'Start sign-in at the OpenID provider',
      responses: {
        303: { description: 'Redirect to the provider', type: 'text/html' },
        502: { description: 'The sign-in page: the provider does not answer', type: 'text/html' },
      },
      async handle({ response }) {
        try {
          const { location, state } = await oidc.start(`${publicUrl()}${CALLBACK}`);
          stateCookie.set(response, state);
          redirect(response, location);
        } catch (error) {
          sendFailure(response, 502, error);
        }
      },
    }),
    route(`GET ${CALLBACK}`, {
      summary: 'Callback of the OpenID provider',
      responses: {
        303: { description: 'Signed in; the cookie is set', type: 'text/html' },
        403: { description: 'The sign-in page, with the reason', type: 'text/html' },
      },
      errors: [503],
      async handle({ request, response }) {
        const state = stateCookie.read(request);
        // A state is used once, whatever the outcome.
        stateCookie.clear(response);
        try {
          const account = await oidc.finish(new URL(request.url!, publicUrl()), state);
          const from = context.addressOf(request);
          const person = await findOrProvisionFromOidc(models, account, { defaultRole, from });
          if (typeof person === 'string') throw new SignInFailed(REFUSALS[person]);
          const token = await signIn(models, person, { from, by: 'oidc' });
          if (token === undefined) throw new SignInFailed('Your account has just changed. Please try again.');
          metrics.signIns.inc({ method: 'oidc', outcome: 'signed_in' });
          await startBrowserSession(context, request, response, token);
        } catch (error) {
          sendFailure(response, 403, error);
        }
      },
    }),
  ];
}
