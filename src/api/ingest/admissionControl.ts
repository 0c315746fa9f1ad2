import type { IncomingMessage } from 'node:http';
import type { Admission } from '../../ingest/overload/admission.ts';
import type { FairShare } from '../../ingest/overload/fairShare.ts';
import { Problem } from '../http/problem.ts';
import type { Caller } from '../keys/keyCache.ts';
import { orgsNamedIn } from './scanOrgIds.ts';
import type { Turns } from './timeSlices.ts';

/** A request that feedback comes with. */
export interface Entrance {
  caller: Caller;
  /** what it is recognised by where it comes again */
  name: string | undefined;
  /** of the body; as long as it has not come, what is said of it */
  bytes: number;
  /** It was refused before, and told to come again now. */
  hasPlace: boolean;
  /** Something in it is beyond its org's share. */
  isBeyondShare: boolean;
}

/** Lets feedback in as far as there is room, and refuses the rest as early as it is known whose it is. */
export interface Gate {
  /** `key`: the request's Idempotency-Key. Throws where it is known without the body that there is no room. */
  enter(request: IncomingMessage, caller: Caller, key: string | undefined): Entrance;
  /**
   * Throws where all in a body is of orgs without room: before it is parsed, which costs more than all else of a refusal. A
   * large one waits for its turn, and what is beyond a share for all that is not.
   */
  admitBody(body: Buffer, entrance: Entrance): Promise<void> | undefined;
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
/** Less than this is worked on as soon as it has come. */
const SMALL_BYTES = 8 * 1024;
/** Large bodies that may wait for their turn of which all is beyond a share; some tenths of a second. */
const MOST_WAITING = 64;
const FULL_SECONDS = 1;

const kindBeyondShare = ({ hasPlace }: Entrance) => (hasPlace ? 'withPlace' : 'beyondShare');

export interface GateOptions {
  admission: Admission;
  shares: FairShare;
  turns: Turns;
  /** in ms */
  now?: () => number;
}

export function createGate(options: GateOptions): Gate {
  const { admission, shares, turns, now = () => performance.now() } = options;
  const hasRoom = (orgId: string | undefined) => shares.hasRoom(orgId, now());

  function admit(isWithinShare: boolean, entrance: Entrance): void {
    if (isWithinShare) turns.noteFirst();
    const kind = isWithinShare ? 'withinShare' : kindBeyondShare(entrance);
    const seconds = admission.retryAfterSeconds(kind, now());
    if (seconds !== undefined) refuse(isWithinShare, entrance, seconds);
    entrance.isBeyondShare ||= !isWithinShare;
  }

  function refuse(isWithinShare: boolean, { name, bytes }: Entrance, seconds: number): never {
    const isBooked = !isWithinShare && name !== undefined;
    throw new Problem(429, isWithinShare ? OVER_LIMIT : OVER_SHARE, {
      headers: {
        'retry-after': String(isBooked ? admission.book(name, bytes, now()) : seconds),
      },
    });
  }

  /** Whether any of the orgs in a body has room, as far as that can be seen; undefined where none is seen. */
  function isWithinShare(body: Buffer, { orgId }: Caller): boolean | undefined {
    // A bound key's orgs are not looked up: they may be others', whose room is none of its business.
    if (orgId !== null) return hasRoom(orgId);
    let isAnyNamed: false | undefined;
    for (const named of orgsNamedIn(body)) {
      if (hasRoom(named)) return true;
      isAnyNamed = false;
    }
    return isAnyNamed;
  }

  async function takeTurn(body: Buffer, entrance: Entrance): Promise<void> {
    const isFirst = entrance.hasPlace || isWithinShare(body, entrance.caller) !== false;
    if (!isFirst && turns.countOthers() >= MOST_WAITING) refuse(false, entrance, FULL_SECONDS);
    await turns.take(isFirst);
    // While it waited, others were let in.
    if (!isFirst) admit(false, entrance);
  }

  return {
    hasRoom,
    admit,
    enter(request, caller, key) {
      const name = key && `${caller.id} ${key}`;
      const bytes = Math.max(BYTES.least, Number(request.headers['content-length'] ?? BYTES.unknown));
      const hasPlace = name !== undefined && admission.redeem(name, now());
      const entrance = { caller, name, bytes, hasPlace, isBeyondShare: false };
      admit(caller.orgId === null || hasRoom(caller.orgId), entrance);
      return entrance;
    },
    admitBody(body, entrance) {
      entrance.bytes = Math.max(BYTES.least, body.length);
      const isShut = admission.retryAfterSeconds(kindBeyondShare(entrance), now()) !== undefined;
      if (isShut && isWithinShare(body, entrance.caller) === false) admit(false, entrance);
      return body.length < SMALL_BYTES ? undefined : takeTurn(body, entrance);
    },
  };
}
