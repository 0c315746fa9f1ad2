import type { InvitationDocument } from '../../../models/people/invitationSchema.ts';
import { html } from '../../http/html.ts';
import { alertOf, field, knownEmail, page, type WithProblem } from './layout.ts';

/**
 * The form that an invitation to an org leads to. It is the same whether or not there is somebody with the address, since
 * the link has passed through the hands of the org's admin; but for the one who is signed in as them.
 */
export function joinPage(
  options: WithProblem & {
    token: string;
    invitation: InvitationDocument;
    name?: string;
    isSignedIn: boolean;
  },
): string {
  const { problem, wrong = [], token, invitation, name = '', isSignedIn } = options;
  const { email, orgId, role } = invitation;
  return page(
    `Join ${orgId}`,
    html`<p>You are invited to <b>${orgId}</b>, as ${role}.</p>
${alertOf(problem)}
<form method="post" action="/welcome">
<input type="hidden" name="token" value="${token}">
${knownEmail(email)}
${
  !isSignedIn &&
  html`${field({ name: 'name', label: 'Name', type: 'text', autocomplete: 'name', value: name, focus: !problem, optional: true, problem, wrong })}
${field({
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'new-password',
  hint: 'Choose one of at least 12 characters; if you sign in here already, type the one that you have. With single sign-on alone, sign in first and open this link again.',
  problem,
  wrong,
})}`
}
<button type="submit">Join</button>
</form>`,
    problem,
  );
}
