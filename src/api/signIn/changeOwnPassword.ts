import type { IncomingMessage } from 'node:http';
import { changePassword } from '../../models/signIn/signIn.ts';
import { Problem } from '../http/problem.ts';
import type { BrowserSession } from './browserSession.ts';
import type { SignInContext } from './signInContext.ts';
import { verifyPassword } from './verifyPassword.ts';

/**
 * Changes the password of a signed-in person who knows the current one. All their other sessions end.
 *
 * @throws Problem 403 for a wrong current password; 409 if it was changed meanwhile; 429 after too many attempts
 */
export async function changeOwnPassword(
  context: SignInContext,
  request: IncomingMessage,
  { person, session }: BrowserSession,
  { current, next }: { current: string; next: string },
): Promise<void> {
  await verifyPassword(context, request, {
    email: person.email,
    password: current,
    person,
    refusal: 'The current password is not right.',
    errors: [{ pointer: '/current', message: 'is not right' }],
  });
  const passwordHash = await context.passwords.hash(next);
  const change = { passwordHash, keep: session._id, from: context.addressOf(request) };
  if (!(await changePassword(context.models, person, change)))
    throw new Problem(409, 'The password was changed elsewhere meanwhile.');
}
