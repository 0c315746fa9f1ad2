import { isDuplicate } from '../../../models/mongodb/errors.ts';
import { FIRST_ADMIN } from '../../../models/signIn/oneTimeLinkSchema.ts';
import { findLinkHolder, redeemLink } from '../../../models/signIn/signIn.ts';
import { Problem } from '../../http/problem.ts';
import { validate } from '../../http/validate.ts';
import { type Route, route } from '../../route.ts';
import { sessionOf, startBrowserSession } from '../browserSession.ts';
import { requireSameOrigin } from '../requireSameOrigin.ts';
import type { SignInContext } from '../signInContext.ts';
import { welcomeFormSchema } from '../signInSchemas.ts';
import { invitationHandlers } from './invitationHandlers.ts';
import { readForm } from './readForm.ts';
import { sendPage, withErrorPage } from './sendPage.ts';
import { deadLinkPage, signedInPage, signInPage, welcomePage } from './signInPage.ts';
import { SIGN_IN_STYLE } from './style.ts';

const PASSWORD_CHANGED = 'Your password is changed. You are signed out everywhere else.';
const ADDRESS_TAKEN = 'Somebody with this address is here already. Sign in, or ask an admin.';

/** Pages for signing in and for one-time links. They need no script. */
export function signInPageRoutes(context: SignInContext): Route[] {
  const { models, passwords, oidc, publicUrl } = context;
  const html = { 200: { description: 'HTML', type: 'text/html' } };
  const invitations = invitationHandlers(context);
  return [
    route('GET /sign-in', {
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
    route('GET /sign-in.css', {
      summary: 'Style sheet of the pages',
      responses: { 200: { description: 'CSS', type: 'text/css' } },
      handle({ response }) {
        response.setHeader('cache-control', 'public, max-age=3600');
        return SIGN_IN_STYLE;
      },
    }),
    route('GET /welcome', {
      summary: 'The page of a one-time link',
      responses: html,
      errors: [503],
      async handle({ request, response, query }) {
        // The link is not used yet: mail programs that open every link must not use it up.
        const token = typeof query.token === 'string' ? query.token.slice(0, 100) : '';
        const holder = await findLinkHolder(models, token);
        if (holder === undefined) return invitations.showInvitation(request, response, token);
        const page =
          holder === FIRST_ADMIN
            ? welcomePage({ token, isFirst: true })
            : welcomePage({ token, isFirst: false, email: holder.email, name: holder.name });
        sendPage(response, 200, page);
      },
    }),
    route('POST /welcome', {
      summary: 'Use a one-time link',
      responses: { ...html, 303: { description: 'Signed in', type: 'text/html' } },
      errors: [403, 503],
      async handle({ request, response }) {
        requireSameOrigin(request, publicUrl());
        const fields = await readForm(request);
        const { token = '', email = '', name = '' } = fields;
        // Looked up before hashing, so that only holders of a link cause that work.
        const holder = await findLinkHolder(models, String(token));
        if (holder === undefined) return invitations.accept(request, response, fields);
        const work = async () => {
          const form = validate(welcomeFormSchema, fields);
          const passwordHash = await passwords.hash(form.password);
          const from = context.addressOf(request);
          const session = await redeemLink(models, { ...form, passwordHash, from }).catch((error) => {
            throw isDuplicate(error) ? new Problem(409, ADDRESS_TAKEN) : error;
          });
          if (session === undefined) return sendPage(response, 404, deadLinkPage());
          await startBrowserSession(context, request, response, session);
        };
        await withErrorPage(response, work, (errors) =>
          welcomePage({
            ...errors,
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
