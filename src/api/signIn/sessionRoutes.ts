import type { ServerResponse } from 'node:http';
import { findPersonByEmail } from '../../models/people/people.ts';
import { endSession } from '../../models/signIn/sessions.ts';
import { signIn, signOutEverywhere } from '../../models/signIn/signIn.ts';
import { Problem } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { queries } from '../reading/querySchemas.ts';
import { type Route, route } from '../route.ts';
import { requiredSession, sessionOf, startBrowserSession } from './browserSession.ts';
import { changeOwnPassword } from './changeOwnPassword.ts';
import { readForm } from './pages/readForm.ts';
import { redirect, withErrorPage } from './pages/sendPage.ts';
import { signInPage } from './pages/signInPage.ts';
import { requireSameOrigin } from './requireSameOrigin.ts';
import type { SignInContext } from './signInContext.ts';
import { doneSchema, passwordChangeSchema, sessionResponseSchema, signInFormSchema } from './signInSchemas.ts';
import { verifyPassword } from './verifyPassword.ts';

const MAX_BODY_BYTES = 8 * 1024;
const FORM = 'application/x-www-form-urlencoded';
const NO_ACCOUNT = 'There is no account with this e-mail and password.';

const page = (description: string) => ({ description, type: 'text/html' });

/** Sign-in and sign-out, and what a signed-in person may see and change of their own account. */
export function sessionRoutes(context: SignInContext): Route[] {
  const { models, sessionCookie, publicUrl, metrics } = context;

  function signOutBrowser(response: ServerResponse): void {
    sessionCookie.clear(response);
    // Read answers are kept to be revalidated, and hold texts that the next user of the browser may not see.
    response.setHeader('clear-site-data', '"cache"');
  }

  return [
    route('POST /v1/session', {
      summary: 'Sign in with the form of the sign-in page',
      content: { [FORM]: signInFormSchema },
      responses: {
        303: page('Signed in; the cookie is set'),
        400: page('The form, with the invalid fields'),
        403: page('The form: no such account, wrong password, or sent from another site'),
        413: page('The form: the body is too large'),
        415: page('The form: the body is not a form'),
        429: page('The form: too many attempts; Retry-After gives the time until the next one'),
        503: page('The form: a store does not answer'),
      },
      async handle({ request, response }) {
        let email = '';
        const work = async () => {
          requireSameOrigin(request, publicUrl());
          const fields = await readForm(request);
          if (typeof fields.email === 'string') email = fields.email.slice(0, 254);
          const form = validate(signInFormSchema, fields);
          const person = await findPersonByEmail(models, form.email);
          await verifyPassword(context, request, { ...form, person, refusal: NO_ACCOUNT });
          const token = await signIn(models, person!, { from: context.addressOf(request), by: 'password' });
          if (token === undefined) throw new Problem(403, NO_ACCOUNT);
          metrics.signIns.inc({ method: 'password', outcome: 'signed_in' });
          await startBrowserSession(context, request, response, token);
        };
        await withErrorPage(response, work, ({ status, ...errors }) => {
          metrics.signIns.inc({ method: 'password', outcome: status === 429 ? 'limited' : 'refused' });
          return signInPage({ ...errors, email, hasProvider: context.oidc !== undefined });
        });
      },
    }),
    route('GET /v1/session', {
      summary: 'The signed-in person and their roles',
      signedIn: true,
      query: queries.none,
      responses: { 200: { description: 'The person', schema: sessionResponseSchema } },
      handle({ request }) {
        const { person, session } = requiredSession(request);
        return {
          person: { id: person._id, email: person.email, name: person.name },
          roles: person.roles.map(({ role, orgId }) => ({ role, orgId })),
          createdAt: session.createdAt,
          expiresAt: session.expiresAt,
        };
      },
    }),
    route('DELETE /v1/session', {
      summary: 'Sign out',
      signedIn: true,
      query: queries.none,
      responses: { 200: { description: 'Signed out', schema: doneSchema } },
      errors: [403],
      async handle({ request, response }) {
        await endSession(models, requiredSession(request).session._id);
        signOutBrowser(response);
        return { status: 'signed out' };
      },
    }),
    route('POST /v1/session/sign-out', {
      summary: 'Sign out with a form',
      responses: { 303: page('Signed out') },
      errors: [403, 503],
      async handle({ request, response }) {
        // Another site's form comes without the cookie, but the answer would still clear it.
        requireSameOrigin(request, publicUrl());
        const browserSession = sessionOf(request);
        if (browserSession) await endSession(models, browserSession.session._id);
        signOutBrowser(response);
        redirect(response, '/sign-in?signed-out');
      },
    }),
    route('POST /v1/session/sign-out-everywhere', {
      summary: 'Sign out in every browser',
      signedIn: true,
      query: queries.none,
      responses: { 303: page('Signed out') },
      errors: [403],
      async handle({ request, response }) {
        const { person } = requiredSession(request);
        await signOutEverywhere(models, person._id, context.addressOf(request));
        signOutBrowser(response);
        redirect(response, '/sign-in?signed-out');
      },
    }),
    route('PUT /v1/session/password', {
      summary: 'Change the password; every other session ends',
      signedIn: true,
      query: queries.none,
      body: passwordChangeSchema,
      bodyLimits: { maxBytes: MAX_BODY_BYTES },
      responses: { 200: { description: 'Changed', schema: doneSchema } },
      errors: [403, 409, 429],
      async handle({ request, body }) {
        await changeOwnPassword(context, request, requiredSession(request), body);
        return { status: 'changed' };
      },
    }),
  ];
}
