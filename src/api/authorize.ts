import type { IncomingMessage } from 'node:http';
import type { Scope } from '../models/accessKey.ts';
import type { Actor } from '../models/auditEntry.ts';
import type { Caller, KeyRing } from './keyRing.ts';
import { Problem } from './problem.ts';
import { callerFor, signedInOf } from './signedIn.ts';

/**
 * Says who is calling, or refuses: 401 without a valid key or a session, 403 with a key of another scope or a person of
 * other roles.
 */
export function authorize(request: IncomingMessage, keys: KeyRing, scope: Scope): Caller {
  const signedIn = signedInOf(request);
  if (signedIn) return callerFor(signedIn, request, scope);
  const key = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(request.headers.authorization ?? '')?.[1];
  const challenge = { headers: { 'www-authenticate': 'Bearer' } };
  if (key === undefined) throw new Problem(401, 'Send the header "Authorization: Bearer <key>".', challenge);
  const caller = keys.find(key);
  if (caller) {
    if (caller.scope !== scope && caller.scope !== 'admin')
      throw new Problem(
        403,
        `This needs a key with the scope ${scope === 'admin' ? scope : `${scope} or admin`}; this one has ${caller.scope}.`,
      );
    return caller;
  }
  if (!keys.isLoaded())
    throw new Problem(503, 'The keys could not be read yet. Try again.', { headers: { 'retry-after': '2' } });
  throw new Problem(401, 'There is no such key, or it was revoked.', challenge);
}

/** Who did what a request asks for, for the audit log. */
export function actorOf(request: IncomingMessage, caller: Caller): Actor {
  return { kind: caller.kind ?? 'key', id: caller.id, from: request.socket.remoteAddress ?? null };
}

/** The org that a question is confined to: that of the key, where it has one. */
export function confine(caller: Caller, orgId: string | undefined): string | undefined {
  if (caller.orgId === null) return orgId;
  if (orgId !== undefined && orgId !== caller.orgId)
    throw new Problem(403, 'This key is bound to another org than the one asked for.');
  return caller.orgId;
}
