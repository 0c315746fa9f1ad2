import type { ServerResponse } from 'node:http';
import { findOrProvisionFromOidc, signIn } from '../../models/signIn/signIn.ts';
import { type Route, route } from '../route.ts';
import { OIDC_STATE_MS, SignInFailed } from './oidcClient.ts';
import { redirect, sendPage } from './pages/sendPage.ts';
import { signInPage } from './pages/signInPage.ts';
import { hostCookie } from './sessionCookie.ts';
import type { SignInOptions } from './signInServices.ts';
import { addressOf, startBrowserSession } from './startBrowserSession.ts';

const CALLBACK = '/v1/session/oidc/callback';

const WHY_NOT = {
  unknown: 'You are signed in there, but nobody has let you in here yet. Ask an admin to invite you.',
  disabled: 'Your account here is disabled. Ask an admin.',
  'other account': 'Your account here belongs to another account there. Ask an admin to reset it.',
} as const;

/** Signing in at an OpenID provider. What goes wrong is told on the page to sign in by. */
export function oidcRoutes(options: SignInOptions): Route[] {
  const { models, publicUrl, oidc, newRole, metrics, log } = options;
  // Without a provider there is no such path.
  if (!oidc) return [];
  const stateCookie = hostCookie('feedback_oidc', { publicUrl, maxAgeMs: OIDC_STATE_MS });

  /** Tells people in plain words, and operators what the library says. */
  function sendFailure(response: ServerResponse, status: number, error: unknown): void {
    if (!(error instanceof SignInFailed)) throw error;
    metrics.signIns.inc({ method: 'oidc', outcome: 'refused' });
    const { code, message } = (error.cause ?? {}) as { code?: string; message?: string };
    if (message !== undefined) log.warn({ code, reason: message }, 'signing in at the provider failed');
    sendPage(response, status, signInPage({ problem: error.message, hasProvider: true }));
  }

  return [
    route({
      method: 'get',
      path: '/v1/session/oidc',
      summary: 'Begin to sign in at the OpenID provider',
      responses: {
        303: { description: 'On to the provider', type: 'text/html' },
        502: { description: 'The page to sign in: the provider does not answer', type: 'text/html' },
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
    route({
      method: 'get',
      path: CALLBACK,
      summary: 'Where the OpenID provider sends people back to',
      responses: {
        303: { description: 'Signed in; the cookie is set', type: 'text/html' },
        403: { description: 'The page to sign in, with the reason', type: 'text/html' },
      },
      errors: [503],
      async handle({ request, response }) {
        const state = stateCookie.read(request);
        // It serves once, whatever comes of it.
        stateCookie.clear(response);
        try {
          const account = await oidc.finish(new URL(request.url!, publicUrl()), state);
          const from = addressOf(options, request);
          const person = await findOrProvisionFromOidc(models, account, { newRole, from });
          if (typeof person === 'string') throw new SignInFailed(WHY_NOT[person]);
          const token = await signIn(models, person, { from, by: 'oidc' });
          if (token === undefined) throw new SignInFailed('Your account has just changed. Please try again.');
          metrics.signIns.inc({ method: 'oidc', outcome: 'signed_in' });
          await startBrowserSession(options, request, response, token);
        } catch (error) {
          sendFailure(response, 403, error);
        }
      },
    }),
  ];
}
