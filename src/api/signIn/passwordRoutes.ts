import { validate } from '../http/validate.ts';
import { type Route, route } from '../route.ts';
import { changeOwnPassword } from './changeOwnPassword.ts';
import { noPasswordPage, passwordPage } from './pages/passwordPage.ts';
import { readForm } from './pages/readForm.ts';
import { redirect, sendPage, withErrorPage } from './pages/sendPage.ts';
import { signInPage } from './pages/signInPage.ts';
import { requireSameOrigin } from './requireSameOrigin.ts';
import { sessionOf } from './sessionMiddleware.ts';
import { passwordFormSchema } from './signInSchemas.ts';
import type { SignInOptions } from './signInServices.ts';

/** The page by which people change their password: it needs no script. */
export function passwordPageRoutes(options: SignInOptions): Route[] {
  const html = { 200: { description: 'HTML', type: 'text/html' } };
  return [
    route({
      method: 'get',
      path: '/password',
      summary: 'The page to change a password by',
      responses: html,
      handle({ request, response }) {
        const person = sessionOf(request)?.person;
        if (!person) return redirect(response, '/sign-in');
        const page = person.passwordHash === null ? noPasswordPage() : passwordPage(person);
        sendPage(response, 200, page);
      },
    }),
    route({
      method: 'post',
      path: '/password',
      summary: 'Change a password, by a form',
      responses: { 303: { description: 'Changed', type: 'text/html' } },
      errors: [403, 503],
      async handle({ request, response }) {
        requireSameOrigin(request, options.publicUrl());
        const signedIn = sessionOf(request);
        if (!signedIn) {
          const problem = 'You are not signed in any more. Nothing was changed.';
          const page = signInPage({ problem, hasProvider: options.oidc !== undefined });
          return sendPage(response, 401, page);
        }
        const work = async () => {
          const typed = validate(passwordFormSchema, await readForm(request));
          await changeOwnPassword(options, request, signedIn, typed);
          redirect(response, '/sign-in?password-changed');
        };
        await withErrorPage(response, work, (shown) =>
          passwordPage({ ...shown, email: signedIn.person.email }),
        );
      },
    }),
  ];
}
