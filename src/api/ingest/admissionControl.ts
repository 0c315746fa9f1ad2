import type { IncomingMessage } from 'node:http';
import type { Admission } from '../../ingest/overload/admission.ts';
import type { FairShare } from '../../ingest/overload/fairShare.ts';
import type { Caller } from '../caller.ts';
import { Problem } from '../http/problem.ts';
import { scanOrgIds } from './scanOrgIds.ts';
import type { TimeSlicer } from './timeSlices.ts';

/** A request that feedback comes with. */
export interface RequestAdmission {
  caller: Caller;
  /** what it is recognised by where it comes again */
  reservationKey: string | undefined;
  /** of the body; as long as it has not come, what is said of it */
  bytes: number;
  /** It was refused before, and told to come again now. */
  isReserved: boolean;
  /** Something in it is beyond its org's share. */
  isOverflow: boolean;
}

/** Lets feedback in as far as there is room, and refuses the rest as early as it is known whose it is. */
export interface LoadShedder {
  /** `key`: the request's Idempotency-Key. Throws where it is known without the body that there is no room. */
  begin(request: IncomingMessage, caller: Caller, key: string | undefined): RequestAdmission;
  /**
   * Throws where all in a body is of orgs without room: before it is parsed, which costs more than all else of a refusal. A
   * large one waits for its turn, and what is beyond a share for all that is not.
   */
  shedBody(body: Buffer, entrance: RequestAdmission): Promise<void> | undefined;
  /** Throws where there is no room for more of an org's feedback, or of anybody's as long as it is not known whose. */
  shedIfFull(isWithinShare: boolean, entrance: RequestAdmission): void;
  /** Whether one more of an org (or of none) is within its share. */
  isWithinShare(orgId: string | undefined): boolean;
}

const OVER_LIMIT = 'More feedback is waiting than the limit allows. Send it again later.';
const OVER_SHARE =
  'This org has sent more than its share, and too much of that is waiting. Send it again later.';
/** A place is never for less than a feedback takes; and for so much where it is not said how much comes. */
const BYTES = { least: 1_000, unknown: 256 * 1024 };
/** Less than this is worked on as soon as it has come. */
const SMALL_BYTES = 8 * 1024;
/** Large bodies that may wait for their turn of which all is beyond a share; some tenths of a second. */
const MAX_WAITING = 64;
const FULL_SECONDS = 1;

const overflowClass = ({ isReserved }: RequestAdmission) => (isReserved ? 'withPlace' : 'beyondShare');

export interface LoadShedderOptions {
  admission: Admission;
  shares: FairShare;
  timeSlicer: TimeSlicer;
  /** in ms */
  now?: () => number;
}

export function createLoadShedder(options: LoadShedderOptions): LoadShedder {
  const { admission, shares, timeSlicer, now = () => performance.now() } = options;
  const isWithinShare = (orgId: string | undefined) => shares.isWithinShare(orgId, now());

  function shedIfFull(isWithin: boolean, entrance: RequestAdmission): void {
    if (isWithin) timeSlicer.notePriorityWork();
    const kind = isWithin ? 'withinShare' : overflowClass(entrance);
    const seconds = admission.retryAfterSeconds(kind, now());
    if (seconds !== undefined) refuse(isWithin, entrance, seconds);
    entrance.isOverflow ||= !isWithin;
  }

  function refuse(isWithin: boolean, { reservationKey, bytes }: RequestAdmission, seconds: number): never {
    const isBooked = !isWithin && reservationKey !== undefined;
    throw new Problem(429, isWithin ? OVER_LIMIT : OVER_SHARE, {
      headers: {
        'retry-after': String(isBooked ? admission.reserve(reservationKey, bytes, now()) : seconds),
      },
    });
  }

  /** Whether any of the orgs in a body has room, as far as that can be seen; undefined where none is seen. */
  function mayBeWithinShare(body: Buffer, { orgId }: Caller): boolean | undefined {
    // A bound key's orgs are not looked up: they may be others', whose room is none of its business.
    if (orgId !== null) return isWithinShare(orgId);
    let isAnyNamed: false | undefined;
    for (const named of scanOrgIds(body)) {
      if (isWithinShare(named)) return true;
      isAnyNamed = false;
    }
    return isAnyNamed;
  }

  async function takeTurn(body: Buffer, entrance: RequestAdmission): Promise<void> {
    const isFirst = entrance.isReserved || mayBeWithinShare(body, entrance.caller) !== false;
    if (!isFirst && timeSlicer.lowPriorityWaiting() >= MAX_WAITING) refuse(false, entrance, FULL_SECONDS);
    await timeSlicer.acquire(isFirst);
    // While it waited, others were let in.
    if (!isFirst) shedIfFull(false, entrance);
  }

  return {
    isWithinShare,
    shedIfFull,
    begin(request, caller, key) {
      const reservationKey = key && `${caller.id} ${key}`;
      const bytes = Math.max(BYTES.least, Number(request.headers['content-length'] ?? BYTES.unknown));
      const isReserved = reservationKey !== undefined && admission.claim(reservationKey, now());
      const entrance = { caller, reservationKey, bytes, isReserved, isOverflow: false };
      shedIfFull(caller.orgId === null || isWithinShare(caller.orgId), entrance);
      return entrance;
    },
    shedBody(body, entrance) {
      entrance.bytes = Math.max(BYTES.least, body.length);
      const isShut = admission.retryAfterSeconds(overflowClass(entrance), now()) !== undefined;
      if (isShut && mayBeWithinShare(body, entrance.caller) === false) shedIfFull(false, entrance);
      return body.length < SMALL_BYTES ? undefined : takeTurn(body, entrance);
    },
  };
}
