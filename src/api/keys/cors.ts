import type { IncomingMessage, ServerResponse } from 'node:http';
import { matchesOrigin } from '../../models/keys/origins.ts';
import type { Caller } from '../caller.ts';
import { Problem } from '../http/problem.ts';
import type { KeyCache } from './keyCache.ts';

/** Headers that a page may send, and may read in a response. */
const ALLOWED_HEADERS = 'authorization, content-type, content-encoding, idempotency-key';
const EXPOSED_HEADERS = 'retry-after, ratelimit, ratelimit-policy';
/** Seconds for which a browser may cache the answer to a preflight request. */
const PREFLIGHT_SECONDS = 600;

const NULL_ORIGIN =
  ' This page sends the origin null: it is a file or a sandboxed frame, or its Referrer-Policy hides it from a beacon. Then send by fetch with keepalive.';

/**
 * Checks a key that is bound to origins, a browser's key. `isCorsRoute`: whether such keys may call the route.
 *
 * @throws Problem 403 for another route, or from another origin
 */
export function checkOrigin(request: IncomingMessage, { origins }: Caller, isCorsRoute: boolean): void {
  if (origins === undefined) return;
  if (!isCorsRoute)
    throw new Problem(403, 'This key is for browsers: it may only post to /v1/feedback and /v1/feedback/batch.');
  const { origin } = request.headers;
  if (origin !== undefined && matchesOrigin(origin, origins)) return;
  const reason = origin === 'null' ? NULL_ORIGIN : '';
  throw new Problem(403, `This key is for browsers: it may only be sent from pages of its origins.${reason}`);
}

/** Lets pages read the response if a browser's key is bound to their origin. Never allows cookies. */
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

/** Answers a preflight request; false, without an answer, for an unknown origin. */
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
