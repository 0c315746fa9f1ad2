import { html } from '../../http/html.ts';
import { alertOf, field, knownEmail, page } from './layout.ts';
import type { FormErrors } from './sendPage.ts';

const BACK = html`<a class="button" href="/sign-in">Back</a>`;

/** The form by which somebody who is signed in changes their password. */
export function passwordPage({
  email,
  problem,
  invalidFields = [],
  beside = {},
}: Partial<FormErrors> & { email: string }): string {
  // What is told beside a field is not told twice.
  const above = invalidFields.some((name) => name in beside) ? undefined : problem;
  const [first = 'current'] = invalidFields;
  const typed = (name: string, rest: { label: string; autocomplete: string; hint?: string }) =>
    field({
      ...rest,
      name,
      type: 'password',
      error: beside[name],
      wrong: invalidFields,
      problem: above,
      focus: above === undefined && name === first,
    });
  return page(
    'Change password',
    html`${alertOf(above)}
<form method="post" action="/password">
${knownEmail(email)}
${typed('current', { label: 'Current password', autocomplete: 'current-password' })}
${typed('next', {
  label: 'New password',
  autocomplete: 'new-password',
  hint: 'At least 12 characters. A few words that do not belong together are strong and easy to keep.',
})}
${typed('again', { label: 'New password again', autocomplete: 'new-password' })}
<p class="hint">You stay signed in here, and are signed out everywhere else.</p>
<button type="submit">Change password</button>
</form>
${BACK}`,
    problem,
  );
}

/** For somebody who has no password. */
export function noPasswordPage(): string {
  return page(
    'No password to change',
    html`<p>You sign in with single sign-on, and have no password here. Change it there.</p>
${BACK}`,
  );
}
