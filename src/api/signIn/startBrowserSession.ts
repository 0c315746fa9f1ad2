import type { IncomingMessage, ServerResponse } from 'node:http';
import { endSession } from '../../models/signIn/sessions.ts';
import { redirect } from './pages/sendPage.ts';
import { sessionOf } from './sessionMiddleware.ts';
import type { SignInOptions } from './signInServices.ts';

/** Where people go who are signed in, until there is more to see. */
const AFTER_SIGN_IN = '/sign-in';

/** Gives a browser its new session, in place of the one that it had. */
export async function startBrowserSession(
  { models, cookie }: SignInOptions,
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
): Promise<void> {
  const before = sessionOf(request);
  if (before) await endSession(models, before.session._id);
  cookie.set(response, token);
  redirect(response, AFTER_SIGN_IN);
}

/** Where a request comes from, past proxies that are trusted. */
export const addressOf = (options: Pick<SignInOptions, 'addressOf'>, request: IncomingMessage): string =>
  options.addressOf(request) ?? '';
