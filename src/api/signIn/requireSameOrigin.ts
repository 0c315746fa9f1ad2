import type { IncomingMessage } from 'node:http';
import { Problem } from '../http/problem.ts';

/**
 * Refuses requests that another site may have caused (CSRF). Browsers name the origin in headers that no page can set. A
 * request with neither header comes from no known browser and is refused too.
 *
 * @throws Problem 403
 */
export function requireSameOrigin(request: IncomingMessage, publicUrl: string): void {
  const site = request.headers['sec-fetch-site'];
  const isSameOrigin = site === undefined ? request.headers.origin === publicUrl : site === 'same-origin';
  if (!isSameOrigin)
    throw new Problem(
      403,
      `Only pages of ${publicUrl} may send this: send "Sec-Fetch-Site: same-origin", as browsers do, or "Origin: ${publicUrl}". The setting PUBLIC_URL says what that address is.`,
    );
}
