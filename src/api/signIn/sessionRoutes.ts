import type { Request } from 'express';
import { findPersonByEmail } from '../../models/people/people.ts';
import { endSession } from '../../models/signIn/sessions.ts';
import { signIn, signOutEverywhere } from '../../models/signIn/signIn.ts';
import { Problem, sendJson } from '../http/problem.ts';
import { createJsonReader } from '../http/readBody.ts';
import { validate } from '../http/validate.ts';
import type { Route } from '../route.ts';
import { changeOwnPassword } from './changeOwnPassword.ts';
import { readForm } from './pages/readForm.ts';
import { redirect, withErrorPage } from './pages/sendPage.ts';
import { signInPage } from './pages/signInPage.ts';
import { requireSameOrigin } from './requireSameOrigin.ts';
import { type SignedIn, sessionOf } from './sessionMiddleware.ts';
import {
  doneSchema,
  passwordChangeSchema,
  sessionResponseSchema,
  signInFormSchema,
} from './signInSchemas.ts';
import type { SignInOptions } from './signInServices.ts';
import { addressOf, startBrowserSession } from './startBrowserSession.ts';
import { verifyPassword } from './verifyPassword.ts';

const BODY_BYTES = 8 * 1024;
const HELD_BYTES = 1024 * 1024;
const NO_ACCOUNT = 'There is no account with this e-mail and password.';

/** Signing in and out, and what somebody who is signed in may see and change of themselves. */
export function sessionRoutes(options: SignInOptions): Route[] {
  const { models, cookie } = options;
  const { signIns } = options.metrics;
  const readJson = createJsonReader({ maxBytes: BODY_BYTES, maxHeldBytes: HELD_BYTES });
  const form = 'application/x-www-form-urlencoded';
  const page = (description: string) => ({ description, type: 'text/html' });

  return [
    {
      method: 'post',
      path: '/v1/session',
      summary: 'Sign in, by a form of our own page',
      body: { [form]: signInFormSchema },
      responses: {
        303: page('Signed in; the cookie is set'),
        400: page('The form, with what is wrong'),
        403: page('The form: no such account, another password, or sent from elsewhere'),
        413: page('The form: too much was sent'),
        415: page('The form: that was no form'),
        429: page('The form: too many attempts; Retry-After says when there may be more'),
        503: page('The form: something is away'),
      },
      errors: [],
      async handle(request, response) {
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
    },
    {
      method: 'get',
      path: '/v1/session',
      summary: 'Who is signed in, and what they may do',
      signedIn: true,
      responses: { 200: { description: 'The person', schema: sessionResponseSchema } },
      errors: [401, 503],
      handle(request, response) {
        const { person, session } = requireSignedIn(request);
        sendJson(response, 200, {
          person: { id: person._id, email: person.email, name: person.name },
          roles: person.roles.map(({ role, orgId }) => ({ role, orgId })),
          createdAt: session.createdAt,
          expiresAt: session.expiresAt,
        });
      },
    },
    {
      method: 'delete',
      path: '/v1/session',
      summary: 'Sign out',
      signedIn: true,
      responses: { 200: { description: 'Signed out', schema: doneSchema } },
      errors: [401, 403, 503],
      async handle(request, response) {
        await endSession(models, requireSignedIn(request).session._id);
        cookie.clear(response);
        sendJson(response, 200, { status: 'signed out' });
      },
    },
    {
      method: 'post',
      path: '/v1/session/sign-out',
      summary: 'Sign out, by a form',
      responses: { 303: page('Signed out') },
      errors: [403, 503],
      async handle(request, response) {
        // A form of another site comes without the cookie, and must not have it cleared all the same.
        requireSameOrigin(request, options.publicUrl());
        const signedIn = sessionOf(request);
        if (signedIn) await endSession(models, signedIn.session._id);
        cookie.clear(response);
        redirect(response, '/sign-in?signed-out');
      },
    },
    {
      method: 'post',
      path: '/v1/session/sign-out-everywhere',
      summary: 'Sign out in every browser, by a form or without',
      signedIn: true,
      responses: { 303: page('Signed out') },
      errors: [401, 403, 503],
      async handle(request, response) {
        await signOutEverywhere(models, requireSignedIn(request).person._id, addressOf(options, request));
        cookie.clear(response);
        redirect(response, '/sign-in?signed-out');
      },
    },
    {
      method: 'put',
      path: '/v1/session/password',
      summary: 'Change the password; every other session ends',
      signedIn: true,
      body: { 'application/json': passwordChangeSchema },
      responses: { 200: { description: 'Changed', schema: doneSchema } },
      errors: [400, 401, 403, 409, 413, 415, 429, 503],
      async handle(request, response) {
        const signedIn = requireSignedIn(request);
        const change = validate(passwordChangeSchema, await readJson(request, response));
        await changeOwnPassword(options, request, signedIn, change);
        sendJson(response, 200, { status: 'changed' });
      },
    },
  ];
}

function requireSignedIn(request: Request): SignedIn {
  const signedIn = sessionOf(request);
  if (!signedIn)
    throw new Problem(401, 'Nobody is signed in: /sign-in is the page to do so.', {
      headers: { 'www-authenticate': 'Cookie' },
    });
  return signedIn;
}
