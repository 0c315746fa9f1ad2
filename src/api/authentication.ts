import type { IncomingMessage } from 'node:http';
import type { Scope } from '../models/keys/keySchema.ts';
import { BOOTSTRAP_ID, type Caller } from './caller.ts';
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
  /**
   * The person as `authorize` gives them, by session and roles as they are now; undefined if the session has ended.
   *
   * @throws Problem as `authorize` does
   */
  reauthorize(request: IncomingMessage, scope: Scope): Promise<Caller | undefined>;
}

/** Authentication (who calls) and authorization (what they may do), by a key or a session. */
export interface Authentication {
  /** @throws Problem 401 without valid credentials, 429 after too many wrong keys, 503 before the keys are loaded */
  authenticate(request: IncomingMessage): Caller;
  /**
   * Authenticates by a key that came in the body. Only a browser's key may, since it is no secret.
   *
   * @throws Problem as `authenticate` does, and 403 for another key
   */
  authenticateByBody(request: IncomingMessage, key: unknown): Caller;
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

  function findCaller(key: string, request: IncomingMessage): Caller {
    const caller = keys.find(key, Date.now());
    if (caller) {
      if (caller.id === BOOTSTRAP_ID) failedAuthLimit.admitChosen(request, caller.scope);
      return caller;
    }
    if (!keys.isLoaded())
      throw new Problem(503, 'The keys have not been loaded yet. Try again.', { headers: { 'retry-after': '2' } });
    failedAuthLimit.check(request);
    failedAuthLimit.count(request);
    throw new Problem(401, 'The key is unknown, revoked or expired.', KEY_CHALLENGE);
  }

  function authenticateByKey(request: IncomingMessage): Caller {
    const key = bearerKey(request);
    if (key === undefined) throw new Problem(401, 'Send the header "Authorization: Bearer <key>".', KEY_CHALLENGE);
    return findCaller(key, request);
  }

  return {
    authenticate: (request) => sessions.authenticate(request) ?? authenticateByKey(request),
    authenticateByBody(request, key) {
      if (typeof key !== 'string' || !KEY.test(key)) throw new Problem(401, NO_KEY_IN_BODY, KEY_CHALLENGE);
      const caller = findCaller(key, request);
      if (caller.origins === undefined) throw new Problem(403, NO_BROWSER_KEY);
      return caller;
    },
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

/** The key in the header `Authorization`. */
export const bearerKey = ({ headers }: IncomingMessage) =>
  /^Bearer ([\x21-\x7e]{1,200})$/i.exec(headers.authorization ?? '')?.[1];

const KEY = /^[\x21-\x7e]{1,200}$/;
const NO_KEY_IN_BODY =
  'A text/plain body must be a JSON object with a browser key as the field "key". With another key, send application/json and the header "Authorization: Bearer <key>".';
const NO_BROWSER_KEY =
  'Only a browser key, which begins with ft_public_, may be in the body. Send this key in the header "Authorization: Bearer <key>", from a server.';
