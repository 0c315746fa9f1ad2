import type { IncomingMessage } from 'node:http';
import { Problem } from '../http/problem.ts';

/**
 * Refuses what another site may have made a browser send. Browsers say where a request comes from, in headers that no
 * page can set; what says nothing is no browser that we know, and has no business with cookies.
 */
export function requireSameOrigin(request: IncomingMessage, publicUrl: string): void {
  const site = request.headers['sec-fetch-site'];
  const same = site === undefined ? request.headers.origin === publicUrl : site === 'same-origin';
  if (!same)
    throw new Problem(
      403,
      `This is taken only from pages of ${publicUrl} itself: send "Sec-Fetch-Site: same-origin", as browsers do, or "Origin: ${publicUrl}". The setting PUBLIC_URL says what that address is.`,
    );
}
