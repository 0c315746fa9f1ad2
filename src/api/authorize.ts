import type { IncomingMessage } from 'node:http';
import type { Actor } from '../models/audit/auditSchema.ts';
import type { Scope } from '../models/keys/keySchema.ts';
import type { ClientAddress } from './http/clientAddress.ts';
import { Problem } from './http/problem.ts';
import { checkOrigin } from './keys/cors.ts';
import type { Caller, KeyCache } from './keys/keyCache.ts';
import { sessionOf } from './signIn/browserSession.ts';
import { personCaller } from './signIn/personCaller.ts';

/** The scopes of keys that may do what is asked of a scope. */
const ALLOWED: Record<Scope, readonly Scope[]> = {
  ingest: ['ingest', 'admin'],
  read: ['read', 'respond', 'admin'],
  respond: ['respond', 'admin'],
  admin: ['admin'],
};

/**
 * Says who is calling, or refuses: 401 without a valid key or a session, 403 with a key of another
 * scope or a person of other roles, 429 after many wrong keys.
 *
 * @param options.cors whether a key that a browser holds will do
 */
export function authorize(
  request: IncomingMessage,
  keys: KeyCache,
  scope: Scope,
  { cors = false }: { cors?: boolean } = {},
): Caller {
  const signedIn = sessionOf(request);
  if (signedIn) return personCaller(signedIn.person, request, scope);
  const challenge = { headers: { 'www-authenticate': 'Bearer' } };
  const key = keyOf(request);
  if (key === undefined) throw new Problem(401, 'Send the header "Authorization: Bearer <key>".', challenge);
  keys.failedAuthLimit.check(request);
  const caller = keys.find(key);
  if (caller) {
    const allowed = ALLOWED[scope];
    if (!allowed.includes(caller.scope))
      throw new Problem(
        403,
        `This needs a key with the scope ${allowed.join(' or ')}; this one has ${caller.scope}.`,
      );
    checkOrigin(request, caller, cors);
    return caller;
  }
  if (!keys.isLoaded())
    throw new Problem(503, 'The keys could not be read yet. Try again.', { headers: { 'retry-after': '2' } });
  keys.failedAuthLimit.count(request);
  throw new Problem(401, 'There is no such key, or it was revoked or has expired.', challenge);
}

/** Who is calling, where the key is a valid one or somebody is signed in. Refuses none but those who guess: 429. */
export function callerOf(request: IncomingMessage, keys: KeyCache): Caller | undefined {
  const signedIn = sessionOf(request);
  if (signedIn) return { id: signedIn.person._id, kind: 'person', scope: 'read', orgId: null };
  const key = keyOf(request);
  if (key === undefined) return undefined;
  keys.failedAuthLimit.check(request);
  return keys.find(key);
}

const keyOf = ({ headers }: IncomingMessage) =>
  /^Bearer ([\x21-\x7e]{1,200})$/i.exec(headers.authorization ?? '')?.[1];

/** Who did what a request asks for, for the audit log. `addressOf` is that of the KeyRing. */
export function actorOf(
  request: IncomingMessage,
  caller: Caller,
  addressOf: ClientAddress = ({ socket }) => socket.remoteAddress ?? null,
): Actor {
  return { kind: caller.kind ?? 'key', id: caller.id, from: addressOf(request) };
}

/** The org that a question is confined to: that of the key, where it has one. */
export function restrictToOrg(caller: Caller, orgId: string | undefined): string | undefined {
  if (caller.orgId === null) return orgId;
  if (orgId !== undefined && orgId !== caller.orgId)
    throw new Problem(403, 'This key is bound to another org than the one asked for.');
  return caller.orgId;
}
