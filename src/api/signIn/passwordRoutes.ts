import { checked } from '../http/validate.ts';
import type { Route } from '../route.ts';
import { changeOwnPassword } from './changePassword.ts';
import { noPasswordPage, passwordPage } from './pages/passwordPage.ts';
import { readForm } from './pages/readForm.ts';
import { orShow, redirect, sendPage } from './pages/sendPage.ts';
import { signInPage } from './pages/signInPage.ts';
import { requireSameOrigin } from './requireSameOrigin.ts';
import { signedInOf } from './sessionMiddleware.ts';
import { passwordFormSchema } from './signInSchemas.ts';
import type { SignInOptions } from './signInServices.ts';

/** The page by which people change their password: it needs no script. */
export function passwordPageRoutes(options: SignInOptions): Route[] {
  const html = { 200: { description: 'HTML', type: 'text/html' } };
  return [
    {
      method: 'get',
      path: '/password',
      summary: 'The page to change a password by',
      answers: html,
      refusals: [],
      handle(request, response) {
        const person = signedInOf(request)?.person;
        if (!person) return redirect(response, '/sign-in');
        const page = person.passwordHash === null ? noPasswordPage() : passwordPage(person);
        sendPage(response, 200, page);
      },
    },
    {
      method: 'post',
      path: '/password',
      summary: 'Change a password, by a form',
      answers: { 303: { description: 'Changed', type: 'text/html' } },
      refusals: [403, 503],
      async handle(request, response) {
        requireSameOrigin(request, options.publicUrl());
        const signedIn = signedInOf(request);
        if (!signedIn) {
          const problem = 'You are not signed in any more. Nothing was changed.';
          const page = signInPage({ problem, hasProvider: options.oidc !== undefined });
          return sendPage(response, 401, page);
        }
        const work = async () => {
          const typed = checked(passwordFormSchema, await readForm(request));
          await changeOwnPassword(options, request, signedIn, typed);
          redirect(response, '/sign-in?password-changed');
        };
        await orShow(response, work, (shown) => passwordPage({ ...shown, email: signedIn.person.email }));
      },
    },
  ];
}
