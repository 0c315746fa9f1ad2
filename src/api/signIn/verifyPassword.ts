import type { IncomingMessage } from 'node:http';
import type { FieldError } from '../../ingest/fieldErrors.ts';
import { normalEmail, type PersonDocument } from '../../models/people/personSchema.ts';
import { isKnownAddress } from '../../models/signIn/sessions.ts';
import { countFailedSignIn } from '../../models/signIn/signIn.ts';
import { Problem } from '../http/problem.ts';
import type { SignInContext } from './signInContext.ts';

interface PasswordCheck {
  email: string;
  password: string;
  /** null if the address has no account */
  person: PersonDocument | null;
  /** detail of the 403 */
  refusal: string;
  /** fields of the 403 */
  errors?: FieldError[];
}

/**
 * Checks a password, and counts the attempt. A missing account gets the same answer after the same time as a wrong
 * password.
 *
 * @throws Problem 403 for a wrong password; 429 after too many attempts
 */
export async function verifyPassword(
  context: SignInContext,
  request: IncomingMessage,
  { email, password, person, refusal, errors }: PasswordCheck,
): Promise<void> {
  const { models, limits, passwords } = context;
  const address = context.addressOf(request);
  const attempt = {
    email: normalEmail(email),
    address,
    isKnownAddress: await isKnownAddress(models, person?._id ?? '', address),
  };
  await limits.take(attempt);
  if (!(await passwords.verify(person?.disabled ? null : person?.passwordHash, password))) {
    countFailedSignIn(models, email);
    throw new Problem(403, refusal, { ...(errors && { errors }) });
  }
  await limits.forgive(attempt);
}
