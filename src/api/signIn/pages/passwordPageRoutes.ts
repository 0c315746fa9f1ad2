import { validate } from '../../http/validate.ts';
import { type Route, route } from '../../route.ts';
import { sessionOf } from '../browserSession.ts';
import { changeOwnPassword } from '../changeOwnPassword.ts';
import { requireSameOrigin } from '../requireSameOrigin.ts';
import type { SignInContext } from '../signInContext.ts';
import { passwordFormSchema } from '../signInSchemas.ts';
import { noPasswordPage, passwordPage } from './passwordPage.ts';
import { readForm } from './readForm.ts';
import { redirect, sendPage, withErrorPage } from './sendPage.ts';
import { signInPage } from './signInPage.ts';

/** The page to change one's own password. It needs no script. */
export function passwordPageRoutes(context: SignInContext): Route[] {
  return [
    route('GET /password', {
      summary: 'The page to change a password',
      responses: { 200: { description: 'HTML', type: 'text/html' } },
      handle({ request, response }) {
        const person = sessionOf(request)?.person;
        if (!person) return redirect(response, '/sign-in');
        const page = person.passwordHash === null ? noPasswordPage() : passwordPage(person);
        sendPage(response, 200, page);
      },
    }),
    route('POST /password', {
      summary: 'Change a password with a form',
      responses: { 303: { description: 'Changed', type: 'text/html' } },
      errors: [403, 503],
      async handle({ request, response }) {
        requireSameOrigin(request, context.publicUrl());
        const browserSession = sessionOf(request);
        if (!browserSession) {
          const problem = 'You are not signed in any more. Nothing was changed.';
          const page = signInPage({ problem, hasProvider: context.oidc !== undefined });
          return sendPage(response, 401, page);
        }
        const work = async () => {
          const form = validate(passwordFormSchema, await readForm(request));
          await changeOwnPassword(context, request, browserSession, form);
          redirect(response, '/sign-in?password-changed');
        };
        await withErrorPage(response, work, (errors) =>
          passwordPage({ ...errors, email: browserSession.person.email }),
        );
      },
    }),
  ];
}
