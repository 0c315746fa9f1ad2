import type { InvitationDocument } from '../../../models/people/invitationSchema.ts';
import { html } from '../../http/html.ts';
import { alertOf, type FormErrors, knownEmail, NEW_PASSWORD, nameField, page, passwordField } from './layout.ts';

const HINT =
  'Choose one of at least 12 characters; if you sign in here already, type the one that you have. With single sign-on alone, sign in first and open this link again.';

/**
 * The form of an invitation to an org. It is the same whether or not the address has an account, since the org's admin has
 * seen the link. Only the signed-in invitee gets a form without a password.
 */
export function joinPage(
  options: FormErrors & { token: string; invitation: InvitationDocument; name?: string; isSignedIn: boolean },
): string {
  const { problem, fieldErrors, token, invitation, name = '', isSignedIn } = options;
  const errors = { problem, fieldErrors };
  const { email, orgId, role } = invitation;
  return page(
    `Join ${orgId}`,
    html`<p>You are invited to <b>${orgId}</b>, as ${role}.</p>
${alertOf(problem)}
<form method="post" action="/welcome">
<input type="hidden" name="token" value="${token}">
${knownEmail(email)}
${!isSignedIn && [nameField(errors, name, true), passwordField(errors, { ...NEW_PASSWORD, hint: HINT })]}
<button type="submit">Join</button>
</form>`,
    problem,
  );
}
