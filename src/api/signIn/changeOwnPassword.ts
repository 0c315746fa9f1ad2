import type { IncomingMessage } from 'node:http';
import { changePassword } from '../../models/signIn/signIn.ts';
import { Problem } from '../http/problem.ts';
import type { SignedIn } from './sessionMiddleware.ts';
import type { SignInOptions } from './signInServices.ts';
import { addressOf } from './startBrowserSession.ts';
import { verifyPassword } from './verifyPassword.ts';

/**
 * Changes the password of somebody who is signed in and knows the one until now; every other session of theirs ends.
 *
 * @throws Problem 403 where it is another one; 409 where it was changed meanwhile; 429 after too many attempts
 */
export async function changeOwnPassword(
  options: SignInOptions,
  request: IncomingMessage,
  { person, session }: SignedIn,
  { current, next }: { current: string; next: string },
): Promise<void> {
  await verifyPassword(options, request, {
    email: person.email,
    password: current,
    person,
    refusal: 'The current password is not right.',
    errors: [{ pointer: '/current', message: 'is not right' }],
  });
  const passwordHash = await options.passwords.hash(next);
  const change = { passwordHash, keep: session._id, from: addressOf(options, request) };
  if (!(await changePassword(options.models, person, change)))
    throw new Problem(409, 'The password was changed elsewhere meanwhile.');
}
