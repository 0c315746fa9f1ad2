import type { IncomingMessage } from 'node:http';
import type { Admission } from '../ingest/admission.ts';
import type { FairShare } from '../ingest/fairShare.ts';
import type { Caller } from './keyRing.ts';
import { orgsNamedIn } from './orgsNamedIn.ts';
import { Problem } from './problem.ts';

/** A request that feedback comes with. */
export interface Entrance {
  caller: Caller;
  /** what it is recognised by where it comes again */
  name: string | undefined;
  bytes: number;
  /** It was refused before, and told to come again now. */
  hasPlace: boolean;
}

/** Lets feedback in as far as there is room, and refuses the rest as early as it is known whose it is. */
export interface Gate {
  /** `key`: the request's Idempotency-Key. Throws where it is known without the body that there is no room. */
  enter(request: IncomingMessage, caller: Caller, key: string | undefined): Entrance;
  /** Throws where all in a body is of orgs without room: before it is parsed, which costs more than all else of a refusal. */
  admitBody(body: Buffer, entrance: Entrance): void;
  /** Throws where there is no room for more of an org's feedback, or of anybody's as long as it is not known whose. */
  admit(isWithinShare: boolean, entrance: Entrance): void;
  /** Whether one more of an org (or of none) is within its share. */
  hasRoom(orgId: string | undefined): boolean;
}

const OVER_LIMIT = 'More feedback is waiting than the limit allows. Send it again later.';
const OVER_SHARE =
  'This org has sent more than its share, and too much of that is waiting. Send it again later.';
/** A place is never for less than a feedback takes; and for so much where it is not said how much comes. */
const BYTES = { least: 1_000, unknown: 256 * 1024 };

export function createGate({ admission, shares }: { admission: Admission; shares: FairShare }): Gate {
  const hasRoom = (orgId: string | undefined) => shares.hasRoom(orgId, performance.now());

  function admit(isWithinShare: boolean, { name, bytes, hasPlace }: Entrance): void {
    const now = performance.now();
    const seconds = admission.retryAfterSeconds(isWithinShare || hasPlace, now);
    if (seconds === undefined) return;
    const isBooked = !isWithinShare && name !== undefined;
    throw new Problem(429, isWithinShare ? OVER_LIMIT : OVER_SHARE, {
      headers: { 'retry-after': String(isBooked ? admission.book(name, bytes, now) : seconds) },
    });
  }

  return {
    hasRoom,
    admit,
    enter(request, caller, key) {
      const name = key && `${caller.id} ${key}`;
      const bytes = Math.max(BYTES.least, Number(request.headers['content-length'] ?? BYTES.unknown));
      const hasPlace = name !== undefined && admission.redeem(name, performance.now());
      const entrance = { caller, name, bytes, hasPlace };
      admit(caller.orgId === null || hasRoom(caller.orgId), entrance);
      return entrance;
    },
    admitBody(body, entrance) {
      // A bound key's orgs are not looked up: they may be others', whose room is none of its business.
      if (entrance.caller.orgId !== null || entrance.hasPlace) return;
      if (admission.retryAfterSeconds(false, performance.now()) === undefined) return;
      let isAnyNamed = false;
      for (const orgId of orgsNamedIn(body)) {
        if (hasRoom(orgId)) return;
        isAnyNamed = true;
      }
      if (isAnyNamed) admit(false, entrance);
    },
  };
}
