import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseCookie, type SetCookie, stringifySetCookie } from 'cookie';

/** A cookie for this host only: no script reads it, and cross-site posts and subresources do not send it. */
export interface HostCookie {
  read(request: IncomingMessage): string | undefined;
  set(response: ServerResponse, value: string): void;
  clear(response: ServerResponse): void;
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
  const send = (response: ServerResponse, cookie: Pick<SetCookie, 'value' | 'maxAge' | 'expires'>) => {
    const attributes = { httpOnly: true, secure: isSecure(), sameSite: 'lax', path: '/' } as const;
    response.appendHeader('set-cookie', stringifySetCookie({ name: fullName(), ...cookie, ...attributes }));
  };
  return {
    read: ({ headers }) => parseCookie(headers.cookie ?? '')[fullName()],
    set: (response, value) => send(response, { value, maxAge: maxAgeMs / 1000 }),
    clear: (response) => send(response, { value: '', expires: new Date(0) }),
  };
}
