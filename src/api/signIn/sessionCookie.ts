import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CookieOptions, Response } from 'express';
import { SESSION_MS } from '../../models/signIn/sessions.ts';

/** A cookie that is for us alone: no script reads it, and no other site's form or picture sends it along. */
export interface HostCookie {
  read(request: IncomingMessage): string | undefined;
  set(response: ServerResponse, value: string): void;
  clear(response: ServerResponse): void;
}

/**
 * Where the service is reached by https, the name begins with `__Host-`: a browser then takes it over https only, for
 * this host only, so that no neighbour under the same domain can plant one.
 */
export function hostCookie(
  name: string,
  { publicUrl, maxAgeMs }: { publicUrl(): string; maxAgeMs: number },
): HostCookie {
  const secure = () => publicUrl().startsWith('https:');
  const nameNow = () => (secure() ? `__Host-${name}` : name);
  const options = (): CookieOptions => ({
    httpOnly: true,
    secure: secure(),
    sameSite: 'lax',
    path: '/',
  });
  return {
    read: (request) => cookieIn(request.headers.cookie, nameNow()),
    set: (response, value) =>
      void (response as Response).cookie(nameNow(), value, { ...options(), maxAge: maxAgeMs }),
    clear: (response) => void (response as Response).clearCookie(nameNow(), options()),
  };
}

export function sessionCookie(publicUrl: () => string): HostCookie {
  return hostCookie('feedback_session', { publicUrl, maxAgeMs: SESSION_MS });
}

function cookieIn(header: string | undefined, name: string): string | undefined {
  const pair = header?.split(';').find((one) => one.trimStart().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1);
}
