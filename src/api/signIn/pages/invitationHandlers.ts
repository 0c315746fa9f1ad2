import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDuplicate } from '../../../models/mongodb/errors.ts';
import { acceptInvitation, type Invitee } from '../../../models/people/acceptInvitation.ts';
import type { InvitationDocument } from '../../../models/people/invitationSchema.ts';
import { findInvitation, isManagedByOtherOrg } from '../../../models/people/invitations.ts';
import { findPersonByEmail } from '../../../models/people/people.ts';
import type { PersonDocument } from '../../../models/people/personSchema.ts';
import { Problem } from '../../http/problem.ts';
import { validate } from '../../http/validate.ts';
import { sessionOf, startBrowserSession } from '../browserSession.ts';
import type { SignInContext } from '../signInContext.ts';
import { joinFormSchema } from '../signInSchemas.ts';
import { verifyPassword } from '../verifyPassword.ts';
import { joinPage } from './joinPage.ts';
import type { FormFields } from './readForm.ts';
import { sendPage, withErrorPage } from './sendPage.ts';
import { deadLinkPage } from './signInPage.ts';

const OTHER_PASSWORD =
  'Somebody with this address signs in here already, by another password. Type that one, or ask an admin.';
const ANOTHER_ORG = 'Your account was opened by another org. Ask an admin of all orgs to let you into this one.';
const CHANGED = 'Your account has just changed. Please try again.';

/** Showing and accepting an invitation to an org. */
export function invitationHandlers(context: SignInContext) {
  const { models, passwords } = context;

  /** The signed-in person, if the invitation is for their address. */
  function signedInInvitee(request: IncomingMessage, { email }: InvitationDocument): PersonDocument | undefined {
    const person = sessionOf(request)?.person;
    return person?.email === email ? person : undefined;
  }

  /** The signed-in invitee; else the account whose password was typed; else a new person. Throws Problem. */
  async function resolveInvitee(
    request: IncomingMessage,
    invitation: InvitationDocument,
    fields: FormFields,
  ): Promise<Invitee> {
    const signedIn = signedInInvitee(request, invitation);
    if (signedIn) return { person: signedIn };
    // Validated before the account is looked up, so that a short password does not reveal whether there is one.
    const { name, password } = validate(joinFormSchema, fields);
    const { email } = invitation;
    const person = await findPersonByEmail(models, email);
    if (!person) return { name, passwordHash: await passwords.hash(password) };
    await verifyPassword(context, request, { email, password, person, refusal: OTHER_PASSWORD });
    return { person };
  }

  return {
    async showInvitation(request: IncomingMessage, response: ServerResponse, token: string): Promise<void> {
      const invitation = await findInvitation(models, token);
      if (!invitation) return sendPage(response, 404, deadLinkPage());
      const isSignedIn = signedInInvitee(request, invitation) !== undefined;
      sendPage(response, 200, joinPage({ token, invitation, isSignedIn }));
    },

    async accept(request: IncomingMessage, response: ServerResponse, fields: FormFields): Promise<void> {
      const token = String(fields.token);
      const invitation = await findInvitation(models, token);
      if (!invitation) return sendPage(response, 404, deadLinkPage());
      const work = async () => {
        const invitee = await resolveInvitee(request, invitation, fields);
        if ('person' in invitee && isManagedByOtherOrg(invitee.person, invitation.orgId))
          throw new Problem(403, ANOTHER_ORG);
        const from = context.addressOf(request);
        const session = await acceptInvitation(models, { token, from, invitee }).catch((error) => {
          throw isDuplicate(error) ? new Problem(409, CHANGED) : error;
        });
        if (session === undefined) throw new Problem(409, CHANGED);
        await startBrowserSession(context, request, response, session);
      };
      await withErrorPage(response, work, (errors) =>
        joinPage({
          ...errors,
          token,
          invitation,
          name: String(fields.name ?? '').slice(0, 100),
          isSignedIn: signedInInvitee(request, invitation) !== undefined,
        }),
      );
    },
  };
}
