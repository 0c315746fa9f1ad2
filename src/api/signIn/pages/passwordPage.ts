import { html } from '../../http/html.ts';
import { alertOf, type FormErrors, field, knownEmail, NEW_PASSWORD, page } from './layout.ts';

const BACK = html`<a class="button" href="/sign-in">Back</a>`;

/** The form with which a signed-in person changes their password. */
export function passwordPage({ email, problem, fieldErrors = {} }: FormErrors & { email: string }): string {
  const [firstInvalid] = Object.keys(fieldErrors);
  // Errors shown at their fields are not repeated above the form.
  const above = firstInvalid === undefined ? problem : undefined;
  const passwordField = (name: string, rest: { label: string; autocomplete: string; hint?: string }) =>
    field({
      ...rest,
      name,
      type: 'password',
      error: fieldErrors[name],
      fieldErrors,
      problem: above,
      focus: above === undefined && name === (firstInvalid ?? 'current'),
    });
  return page(
    'Change password',
    html`${alertOf(above)}
<form method="post" action="/password">
${knownEmail(email)}
${passwordField('current', { label: 'Current password', autocomplete: 'current-password' })}
${passwordField('next', { label: 'New password', ...NEW_PASSWORD })}
${passwordField('again', { label: 'New password again', autocomplete: 'new-password' })}
<p class="hint">You stay signed in here, and are signed out everywhere else.</p>
<button type="submit">Change password</button>
</form>
${BACK}`,
    problem,
  );
}

/** The page for a person without a password. */
export function noPasswordPage(): string {
  return page(
    'No password to change',
    html`<p>You sign in with single sign-on, and have no password here. Change it there.</p>
${BACK}`,
  );
}
