import { isDuplicate } from '../../models/mongodb/errors.ts';
import { FIRST_ADMIN } from '../../models/signIn/oneTimeLinkSchema.ts';
import { findLinkHolder, redeemLink } from '../../models/signIn/signIn.ts';
import { Problem } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { type Route, route } from '../route.ts';
import { invitationHandlers } from './invitationHandlers.ts';
import { readForm } from './pages/readForm.ts';
import { sendPage, withErrorPage } from './pages/sendPage.ts';
import { deadLinkPage, signedInPage, signInPage, welcomePage } from './pages/signInPage.ts';
import { SIGN_IN_STYLE } from './pages/style.ts';
import { requireSameOrigin } from './requireSameOrigin.ts';
import { sessionOf } from './sessionMiddleware.ts';
import { welcomeFormSchema } from './signInSchemas.ts';
import type { SignInOptions } from './signInServices.ts';
import { addressOf, startBrowserSession } from './startBrowserSession.ts';

const PASSWORD_CHANGED = 'Your password is changed. You are signed out everywhere else.';
const IS_HERE = 'Somebody with this address is here already. Sign in, or ask an admin.';

/** The pages that people sign in by: they need no script. */
export function signInPageRoutes(options: SignInOptions): Route[] {
  const { models, passwords, oidc, publicUrl } = options;
  const html = { 200: { description: 'HTML', type: 'text/html' } };
  const { showInvitation, takeUp } = invitationHandlers(options);
  return [
    route({
      method: 'get',
      path: '/sign-in',
      summary: 'The page to sign in and out',
      responses: html,
      handle({ request, response, query }) {
        const person = sessionOf(request)?.person;
        const page = person
          ? signedInPage(person, 'password-changed' in query ? PASSWORD_CHANGED : undefined)
          : signInPage({
              notice: 'signed-out' in query ? 'You are signed out.' : undefined,
              hasProvider: oidc !== undefined,
            });
        sendPage(response, 200, page);
      },
    }),
    route({
      method: 'get',
      path: '/sign-in.css',
      summary: 'Its style',
      responses: { 200: { description: 'CSS', type: 'text/css' } },
      handle({ response }) {
        response.setHeader('cache-control', 'public, max-age=3600');
        return SIGN_IN_STYLE;
      },
    }),
    route({
      method: 'get',
      path: '/welcome',
      summary: 'Where one-time links lead to',
      responses: html,
      errors: [503],
      async handle({ request, response, query }) {
        // Only looked at: programs that follow every link must not use it up.
        const token = typeof query.token === 'string' ? query.token.slice(0, 100) : '';
        const holder = await findLinkHolder(models, token);
        if (holder === undefined) return showInvitation(request, response, token);
        const page =
          holder === FIRST_ADMIN
            ? welcomePage({ token, isFirst: true })
            : welcomePage({ token, isFirst: false, email: holder.email, name: holder.name });
        sendPage(response, 200, page);
      },
    }),
    route({
      method: 'post',
      path: '/welcome',
      summary: 'Uses a one-time link up',
      responses: { ...html, 303: { description: 'Signed in', type: 'text/html' } },
      errors: [403, 503],
      async handle({ request, response }) {
        requireSameOrigin(request, publicUrl());
        const fields = await readForm(request);
        const { token = '', email = '', name = '' } = fields;
        const holder = await findLinkHolder(models, String(token));
        if (holder === undefined) return takeUp(request, response, fields);
        const work = async () => {
          const form = validate(welcomeFormSchema, fields);
          // Looked up before, so that hashing is done for nobody else's pleasure.
          const passwordHash = await passwords.hash(form.password);
          const from = addressOf(options, request);
          const session = await redeemLink(models, { ...form, passwordHash, from }).catch((error) => {
            throw isDuplicate(error) ? new Problem(409, IS_HERE) : error;
          });
          if (session === undefined) return sendPage(response, 404, deadLinkPage());
          await startBrowserSession(options, request, response, session);
        };
        await withErrorPage(response, work, ({ status: _, ...shown }) =>
          welcomePage({
            ...shown,
            token: String(token),
            email: String(email).slice(0, 254),
            name: String(name).slice(0, 100),
            isFirst: holder === FIRST_ADMIN,
          }),
        );
      },
    }),
  ];
}
