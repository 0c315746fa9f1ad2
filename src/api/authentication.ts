import type { IncomingMessage } from 'node:http';
import type { Scope } from '../models/keys/keySchema.ts';
import type { Caller } from './caller.ts';
import { Problem } from './http/problem.ts';
import { checkOrigin } from './keys/cors.ts';
import type { FailedAuthLimit } from './keys/failedAuthLimit.ts';
import type { KeyCache } from './keys/keyCache.ts';

/** Authentication by the session of a person. */
export interface SessionAuthentication {
  /** The person whose session came with the request, before any role is chosen. */
  authenticate(request: IncomingMessage): Caller | undefined;
  /**
   * The person as a caller with the role that this request needs.
   *
   * @throws Problem 403 without such a role; 400 if the request must name an org
   */
  authorize(request: IncomingMessage, scope: Scope): Caller;
}

/** Authentication (who calls) and authorization (what they may do), by a key or a session. */
export interface Authentication {
  /** @throws Problem 401 without valid credentials, 429 after too many wrong keys, 503 before the keys are loaded */
  authenticate(request: IncomingMessage): Caller;
  /** @throws Problem 401 without a session */
  requireSession(request: IncomingMessage): Caller;
  /**
   * The caller as the route is to see it. `cors`: whether a browser's key may call the route.
   *
   * @throws Problem 403
   */
  authorize(caller: Caller, request: IncomingMessage, route: { scope: Scope; cors: boolean }): Caller;
}

/** The scopes of keys that satisfy a route's scope. */
const SATISFYING_SCOPES: Record<Scope, readonly Scope[]> = {
  ingest: ['ingest', 'admin'],
  read: ['read', 'respond', 'admin'],
  respond: ['respond', 'admin'],
  admin: ['admin'],
};

const KEY_CHALLENGE = { headers: { 'www-authenticate': 'Bearer' } };
const SESSION_CHALLENGE = { headers: { 'www-authenticate': 'Cookie' } };

export function createAuthentication(options: {
  keys: Pick<KeyCache, 'find' | 'isLoaded'>;
  failedAuthLimit: FailedAuthLimit;
  sessions: SessionAuthentication;
}): Authentication {
  const { keys, failedAuthLimit, sessions } = options;

  function authenticateByKey(request: IncomingMessage): Caller {
    const key = bearerKey(request);
    if (key === undefined) throw new Problem(401, 'Send the header "Authorization: Bearer <key>".', KEY_CHALLENGE);
    failedAuthLimit.check(request);
    const caller = keys.find(key, Date.now());
    if (caller) return caller;
    if (!keys.isLoaded())
      throw new Problem(503, 'The keys have not been loaded yet. Try again.', { headers: { 'retry-after': '2' } });
    failedAuthLimit.count(request);
    throw new Problem(401, 'The key is unknown, revoked or expired.', KEY_CHALLENGE);
  }

  return {
    authenticate: (request) => sessions.authenticate(request) ?? authenticateByKey(request),
    requireSession(request) {
      const caller = sessions.authenticate(request);
      if (caller) return caller;
      throw new Problem(401, 'Nobody is signed in. Sign in at /sign-in.', SESSION_CHALLENGE);
    },
    authorize(caller, request, { scope, cors }) {
      if (caller.kind === 'person') return sessions.authorize(request, scope);
      const satisfying = SATISFYING_SCOPES[scope];
      if (!satisfying.includes(caller.scope))
        throw new Problem(
          403,
          `This needs a key with the scope ${satisfying.join(' or ')}; this key has ${caller.scope}.`,
        );
      checkOrigin(request, caller, cors);
      return caller;
    },
  };
}

const bearerKey = ({ headers }: IncomingMessage) =>
  /^Bearer ([\x21-\x7e]{1,200})$/i.exec(headers.authorization ?? '')?.[1];
