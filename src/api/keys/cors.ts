import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../caller.ts';
import { Problem } from '../http/problem.ts';
import type { KeyCache } from './keyCache.ts';

/** What a page may send along, and may read of an answer. */
const ALLOWED_HEADERS = 'authorization, content-type, content-encoding, idempotency-key';
const EXPOSED_HEADERS = 'retry-after, ratelimit, ratelimit-policy';
const PREFLIGHT_SECONDS = 600;

/** Refuses a browser's key that comes from elsewhere than its origins, or asks for more than to send. */
export function checkOrigin(request: IncomingMessage, { origins }: Caller, mayBrowse: boolean): void {
  if (origins === undefined) return;
  if (!mayBrowse)
    throw new Problem(
      403,
      'This key is for browsers: it may only post to /v1/feedback and /v1/feedback/batch.',
    );
  const { origin } = request.headers;
  if (origin === undefined || !origins.includes(origin))
    throw new Problem(
      403,
      'This key is for browsers: it may only be sent from the origins that it is bound to.',
    );
}

/** Lets pages of the origins of browsers' keys, and no others, read the answer. Cookies are never let in. */
export function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  keys: Pick<KeyCache, 'hasOrigin'>,
): boolean {
  response.setHeader('vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || !keys.hasOrigin(origin)) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
  return true;
}

/** Answers what a browser asks before it sends; false where it is not for us to answer. */
export function answerPreflight(
  request: IncomingMessage,
  response: ServerResponse,
  keys: Pick<KeyCache, 'hasOrigin'>,
): boolean {
  if (!allowOrigin(request, response, keys)) return false;
  response.writeHead(204, {
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': ALLOWED_HEADERS,
    'access-control-max-age': String(PREFLIGHT_SECONDS),
  });
  response.end();
  return true;
}
