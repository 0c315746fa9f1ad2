import { findPersonByEmail } from '../../models/people/people.ts';
import { endSession } from '../../models/signIn/sessions.ts';
import { signIn, signOutEverywhere } from '../../models/signIn/signIn.ts';
import { Problem } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { type Route, route } from '../route.ts';
import { changeOwnPassword } from './changeOwnPassword.ts';
import { readForm } from './pages/readForm.ts';
import { redirect, withErrorPage } from './pages/sendPage.ts';
import { signInPage } from './pages/signInPage.ts';
import { requireSameOrigin } from './requireSameOrigin.ts';
import { sessionOf } from './sessionMiddleware.ts';
import {
  doneSchema,
  passwordChangeSchema,
  sessionResponseSchema,
  signInFormSchema,
} from './signInSchemas.ts';
import type { SignInOptions } from './signInServices.ts';
import { addressOf, startBrowserSession } from './startBrowserSession.ts';
import { verifyPassword } from './verifyPassword.ts';

const MAX_BODY_BYTES = 8 * 1024;
const NO_ACCOUNT = 'There is no account with this e-mail and password.';

/** Signing in and out, and what somebody who is signed in may see and change of themselves. */
export function sessionRoutes(options: SignInOptions): Route[] {
  const { models, cookie } = options;
  const { signIns } = options.metrics;
  const form = 'application/x-www-form-urlencoded';
  const page = (description: string) => ({ description, type: 'text/html' });

  return [
    route({
      method: 'post',
      path: '/v1/session',
      summary: 'Sign in, by a form of our own page',
      content: { [form]: signInFormSchema },
      responses: {
        303: page('Signed in; the cookie is set'),
        400: page('The form, with what is wrong'),
        403: page('The form: no such account, another password, or sent from elsewhere'),
        413: page('The form: too much was sent'),
        415: page('The form: that was no form'),
        429: page('The form: too many attempts; Retry-After says when there may be more'),
        503: page('The form: something is away'),
      },
      async handle({ request, response }) {
        let email = '';
        const work = async () => {
          requireSameOrigin(request, options.publicUrl());
          const fields = await readForm(request);
          if (typeof fields.email === 'string') email = fields.email.slice(0, 254);
          const typed = validate(signInFormSchema, fields);
          const person = await findPersonByEmail(models, typed.email);
          await verifyPassword(options, request, { ...typed, person, refusal: NO_ACCOUNT });
          const token = await signIn(models, person!, { from: addressOf(options, request), by: 'password' });
          if (token === undefined) throw new Problem(403, NO_ACCOUNT);
          signIns.inc({ method: 'password', outcome: 'signed_in' });
          await startBrowserSession(options, request, response, token);
        };
        await withErrorPage(response, work, ({ status, ...shown }) => {
          signIns.inc({ method: 'password', outcome: status === 429 ? 'limited' : 'refused' });
          return signInPage({ ...shown, email, hasProvider: options.oidc !== undefined });
        });
      },
    }),
    route({
      method: 'get',
      path: '/v1/session',
      summary: 'Who is signed in, and what they may do',
      signedIn: true,
      responses: { 200: { description: 'The person', schema: sessionResponseSchema } },
      handle({ request }) {
        const { person, session } = sessionOf(request)!;
        return {
          person: { id: person._id, email: person.email, name: person.name },
          roles: person.roles.map(({ role, orgId }) => ({ role, orgId })),
          createdAt: session.createdAt,
          expiresAt: session.expiresAt,
        };
      },
    }),
    route({
      method: 'delete',
      path: '/v1/session',
      summary: 'Sign out',
      signedIn: true,
      responses: { 200: { description: 'Signed out', schema: doneSchema } },
      errors: [403],
      async handle({ request, response }) {
        await endSession(models, sessionOf(request)!.session._id);
        cookie.clear(response);
        return { status: 'signed out' };
      },
    }),
    route({
      method: 'post',
      path: '/v1/session/sign-out',
      summary: 'Sign out, by a form',
      responses: { 303: page('Signed out') },
      errors: [403, 503],
      async handle({ request, response }) {
        // A form of another site comes without the cookie, and must not have it cleared all the same.
        requireSameOrigin(request, options.publicUrl());
        const signedIn = sessionOf(request);
        if (signedIn) await endSession(models, signedIn.session._id);
        cookie.clear(response);
        redirect(response, '/sign-in?signed-out');
      },
    }),
    route({
      method: 'post',
      path: '/v1/session/sign-out-everywhere',
      summary: 'Sign out in every browser, by a form or without',
      signedIn: true,
      responses: { 303: page('Signed out') },
      errors: [403],
      async handle({ request, response }) {
        await signOutEverywhere(models, sessionOf(request)!.person._id, addressOf(options, request));
        cookie.clear(response);
        redirect(response, '/sign-in?signed-out');
      },
    }),
    route({
      method: 'put',
      path: '/v1/session/password',
      summary: 'Change the password; every other session ends',
      signedIn: true,
      body: passwordChangeSchema,
      bodyLimits: { maxBytes: MAX_BODY_BYTES },
      responses: { 200: { description: 'Changed', schema: doneSchema } },
      errors: [403, 409, 429],
      async handle({ request, body }) {
        await changeOwnPassword(options, request, sessionOf(request)!, body);
        return { status: 'changed' };
      },
    }),
  ];
}
