import type { PersonDocument } from '../../../models/people/personSchema.ts';
import { html } from '../../http/html.ts';
import {
  alertOf,
  emailField,
  type FormErrors,
  knownEmail,
  NEW_PASSWORD,
  nameField,
  noticeOf,
  page,
  passwordField,
} from './layout.ts';

/** The sign-in form. `email` is the address typed before. */
export function signInPage(
  options: FormErrors & { notice?: string | undefined; email?: string; hasProvider: boolean },
): string {
  const { problem, fieldErrors, notice, email = '', hasProvider } = options;
  const errors = { problem, fieldErrors };
  return page(
    'Sign in',
    html`${alertOf(problem)}${noticeOf(notice)}
<form method="post" action="/v1/session">
${emailField(errors, email)}
${passwordField(errors, { autocomplete: 'current-password' })}
<button type="submit">Sign in</button>
</form>
${hasProvider && html`<p class="or"><span>or</span></p>\n<a class="button" href="/v1/session/oidc">Continue with single sign-on</a>`}`,
    problem,
  );
}

/** The form of a one-time link: a new password, and for the first admin an address. */
export function welcomePage(
  options: FormErrors & { token: string; email?: string; name?: string; isFirst: boolean },
): string {
  const { problem, fieldErrors, token, email = '', name = '', isFirst } = options;
  const errors = { problem, fieldErrors };
  return page(
    isFirst ? 'Welcome' : 'Choose a password',
    html`<p>${isFirst ? 'You will be the first admin: you see everything and let others in.' : 'With it you sign in from now on.'}</p>
${alertOf(problem)}
<form method="post" action="/welcome">
<input type="hidden" name="token" value="${token}">
${isFirst ? emailField(errors, email) : knownEmail(email)}
${nameField(errors, name, !isFirst)}
${passwordField(errors, NEW_PASSWORD)}
<button type="submit">${isFirst ? 'Create the account' : 'Save and sign in'}</button>
</form>`,
    problem,
  );
}

/** The page of a link that was used, replaced or has expired. */
export function deadLinkPage(): string {
  return page(
    'This link no longer works',
    html`<p>It was used, replaced by a newer one, or is more than a day old. Ask whoever gave it to you for another.</p>
<p><a class="button" href="/sign-in">Sign in</a></p>`,
  );
}

/** The page of a signed-in person. */
export function signedInPage(
  person: Pick<PersonDocument, 'email' | 'name' | 'roles' | 'passwordHash'>,
  notice?: string,
): string {
  return page(
    'You are signed in',
    html`${noticeOf(notice)}
<dl>
<dt>Name</dt><dd>${person.name || '–'}</dd>
<dt>E-mail</dt><dd>${person.email}</dd>
<dt>Roles</dt><dd>${
      person.roles.length === 0
        ? 'none yet'
        : html`<ul>${person.roles.map(({ role, orgId }) => html`<li>${role} ${orgId === null ? 'everywhere' : html`in <b>${orgId}</b>`}</li>`)}</ul>`
    }</dd>
</dl>
${person.passwordHash !== null && html`<a class="button" href="/password">Change password</a>`}
<form method="post" action="/v1/session/sign-out"><button type="submit">Sign out</button></form>
<form method="post" action="/v1/session/sign-out-everywhere"><button type="submit" class="quiet">Sign out everywhere</button></form>`,
  );
}
