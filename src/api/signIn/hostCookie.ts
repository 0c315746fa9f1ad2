import type { IncomingMessage } from 'node:http';
import { parseCookie } from 'cookie';
import type { CookieOptions, Response } from 'express';

/** A cookie for this host only: no script reads it, and cross-site posts and subresources do not send it. */
export interface HostCookie {
  read(request: IncomingMessage): string | undefined;
  set(response: Response, value: string): void;
  clear(response: Response): void;
}

/**
 * With an https `publicUrl`, the name starts with `__Host-`. Browsers then accept the cookie over https and from this host
 * only, so no other host of the domain can set it (cookie tossing).
 */
export function hostCookie(
  name: string,
  { publicUrl, maxAgeMs }: { publicUrl(): string; maxAgeMs: number },
): HostCookie {
  const isSecure = () => publicUrl().startsWith('https:');
  const fullName = () => (isSecure() ? `__Host-${name}` : name);
  const options = (): CookieOptions => ({
    httpOnly: true,
    secure: isSecure(),
    sameSite: 'lax',
    path: '/',
  });
  return {
    read: ({ headers }) => parseCookie(headers.cookie ?? '')[fullName()],
    set: (response, value) => void response.cookie(fullName(), value, { ...options(), maxAge: maxAgeMs }),
    clear: (response) => void response.clearCookie(fullName(), options()),
  };
}
