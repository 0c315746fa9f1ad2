import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDuplicate } from '../../models/mongodb/errors.ts';
import { acceptInvitation } from '../../models/people/acceptInvitation.ts';
import type { InvitationDocument } from '../../models/people/invitationSchema.ts';
import { findInvitation, isManagedByOtherOrg } from '../../models/people/invitations.ts';
import { findPersonByEmail } from '../../models/people/people.ts';
import type { PersonDocument } from '../../models/people/personSchema.ts';
import { Problem } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { joinPage } from './pages/joinPage.ts';
import type { readForm } from './pages/readForm.ts';
import { sendPage, withErrorPage } from './pages/sendPage.ts';
import { deadLinkPage } from './pages/signInPage.ts';
import { sessionOf } from './sessionMiddleware.ts';
import { joinFormSchema } from './signInSchemas.ts';
import type { SignInOptions } from './signInServices.ts';
import { addressOf, startBrowserSession } from './startBrowserSession.ts';
import { verifyPassword } from './verifyPassword.ts';

const OTHER_PASSWORD =
  'Somebody with this address signs in here already, by another password. Type that one, or ask an admin.';
const ANOTHER_ORG =
  'Your account was opened by another org. Ask an admin of all orgs to let you into this one.';
const CHANGED = 'Your account has just changed. Please try again.';

/** Taking up an invitation to an org. Whoever is here already shows that they are who is invited. */
export function invitationHandlers(options: SignInOptions) {
  const { models, passwords } = options;

  /** The person who is signed in, where it is the one who is invited. */
  function invitedHere(request: IncomingMessage, { email }: InvitationDocument): PersonDocument | undefined {
    const person = sessionOf(request)?.person;
    return person?.email === email ? person : undefined;
  }

  /** Who takes it up: the one who is signed in, who knows the password of the account, or somebody new. */
  async function whoTakesUp(
    request: IncomingMessage,
    invitation: InvitationDocument,
    fields: Awaited<ReturnType<typeof readForm>>,
  ): Promise<{ person: PersonDocument } | { name: string; passwordHash: string }> {
    const here = invitedHere(request, invitation);
    if (here) return { person: here };
    // Asked of a password alike, so that one that is too short tells nobody whether there is an account.
    const { name, password } = validate(joinFormSchema, fields);
    const { email } = invitation;
    const person = await findPersonByEmail(models, email);
    if (!person) return { name, passwordHash: await passwords.hash(password) };
    await verifyPassword(options, request, { email, password, person, refusal: OTHER_PASSWORD });
    return { person };
  }

  return {
    async showInvitation(request: IncomingMessage, response: ServerResponse, token: string): Promise<void> {
      const invitation = await findInvitation(models, token);
      if (!invitation) return sendPage(response, 404, deadLinkPage());
      const isSignedIn = invitedHere(request, invitation) !== undefined;
      sendPage(response, 200, joinPage({ token, invitation, isSignedIn }));
    },

    async takeUp(
      request: IncomingMessage,
      response: ServerResponse,
      fields: Awaited<ReturnType<typeof readForm>>,
    ): Promise<void> {
      const token = String(fields.token);
      const invitation = await findInvitation(models, token);
      if (!invitation) return sendPage(response, 404, deadLinkPage());
      const work = async () => {
        const who = await whoTakesUp(request, invitation, fields);
        if ('person' in who && isManagedByOtherOrg(who.person, invitation.orgId))
          throw new Problem(403, ANOTHER_ORG);
        const taking = { ...who, token, from: addressOf(options, request) };
        const session = await acceptInvitation(models, taking).catch((error) => {
          throw isDuplicate(error) ? new Problem(409, CHANGED) : error;
        });
        if (session === undefined) throw new Problem(409, CHANGED);
        await startBrowserSession(options, request, response, session);
      };
      await withErrorPage(response, work, ({ status: _, ...shown }) =>
        joinPage({
          ...shown,
          token,
          invitation,
          name: String(fields.name ?? '').slice(0, 100),
          isSignedIn: invitedHere(request, invitation) !== undefined,
        }),
      );
    },
  };
}
