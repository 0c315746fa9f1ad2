import type { IncomingMessage } from 'node:http';
import type { FieldError } from '../../ingest/fieldErrors.ts';
import { normalEmail, type PersonDocument } from '../../models/people/personSchema.ts';
import { isKnownAddress } from '../../models/signIn/sessions.ts';
import { countFailedSignIn } from '../../models/signIn/signIn.ts';
import { Problem } from '../http/problem.ts';
import type { SignInOptions } from './signInServices.ts';
import { addressOf } from './startBrowserSession.ts';

/**
 * Refuses a password that is not that of the person, in the same words and after the same time where there is none.
 *
 * @throws Problem 403 with the words of `refusal` and, where they are given, the fields of `errors`; 429 after too many attempts
 */
export async function verifyPassword(
  options: SignInOptions,
  request: IncomingMessage,
  typed: {
    email: string;
    password: string;
    person: PersonDocument | null;
    refusal: string;
    errors?: FieldError[];
  },
): Promise<void> {
  const { models, attempts, passwords } = options;
  const { email, password, person, refusal, errors } = typed;
  const address = addressOf(options, request);
  const attempt = {
    email: normalEmail(email),
    address,
    isKnownAddress: await isKnownAddress(models, person?._id ?? '', address),
  };
  await attempts.take(attempt);
  if (!(await passwords.verify(person?.disabled ? null : person?.passwordHash, password))) {
    countFailedSignIn(models, email);
    throw new Problem(403, refusal, { ...(errors && { errors }) });
  }
  await attempts.forgive(attempt);
}
