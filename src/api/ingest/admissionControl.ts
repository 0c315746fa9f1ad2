import type { IncomingMessage } from 'node:http';
import type { Admission } from '../../ingest/overload/admission.ts';
import type { FairShare } from '../../ingest/overload/fairShare.ts';
import type { Caller } from '../caller.ts';
import { Problem } from '../http/problem.ts';
import type { TimeSlicer } from './timeSlices.ts';

/** The facts about an ingest request that load shedding needs. */
export interface RequestAdmission {
  readonly caller: Caller;
  /** recognises the request when it is repeated; undefined without an Idempotency-Key */
  readonly reservationKey: string | undefined;
  /** size of the body, at least `MIN_REQUEST_BYTES`; until the body has arrived, its announced size */
  readonly bytes: number;
  /** The request was refused before, and is repeated at the time of its reservation. */
  readonly isReserved: boolean;
}

/**
 * Load shedding: refuses feedback with 429 when there is no room for it, as early as its org is known, so that a refusal
 * costs little.
 *
 * 1. `begin`, with the headers. The org is known if the key is bound to one.
 * 2. `waitForSlice`, before a large body is parsed: parsing costs more than the rest of a refusal.
 * 3. `admit`, for each feedback, before it is validated.
 */
export interface LoadShedder {
  /** `key`: the request's Idempotency-Key. Throws Problem 429. */
  begin(request: IncomingMessage, caller: Caller, key: string | undefined): RequestAdmission;
  /** Delays parsing a large body until its time slice. Throws Problem 429 if overflow is refused after that wait. */
  waitForSlice(request: RequestAdmission): Promise<void> | undefined;
  /** Returns the priority of one feedback. `orgId` is undefined for feedback without an org. Throws Problem 429. */
  admit(orgId: string | undefined, request: RequestAdmission): number;
  /** Throws Problem 429 if overflow is shed. */
  admitOverflow(request: RequestAdmission): void;
  isWithinShare(orgId: string | undefined): boolean;
}

const OVER_LIMIT = 'More feedback is waiting than the limit allows. Send it again later.';
const OVER_SHARE = 'This org has sent more than its share, and too much overflow is waiting. Send it again later.';
/** Min bytes of a reservation: about the size of one feedback. */
const MIN_REQUEST_BYTES = 1_000;
/** Bytes of a reservation for a body of unknown length. */
const UNKNOWN_REQUEST_BYTES = 256 * 1024;
/** Bodies below this many bytes are parsed as soon as they have arrived. */
const MIN_SLICED_BYTES = 8 * 1024;
/** Max large bodies of overflow that wait for a time slice. Parsing all of them takes some tenths of a second. */
const MAX_WAITING_OVERFLOW = 64;
/** Seconds to wait before a retry, if too many bodies wait for a slice and the request cannot have a reservation. */
const FULL_RETRY_SECONDS = 1;

const overflowClass = ({ isReserved }: RequestAdmission) => (isReserved ? 'reserved' : 'overflow');

/** The same request after its body has arrived. */
export const withBodyLength = (request: RequestAdmission, length: number): RequestAdmission => ({
  ...request,
  bytes: Math.max(MIN_REQUEST_BYTES, length),
});

export function createLoadShedder(options: {
  admission: Admission;
  shares: FairShare;
  timeSlicer: TimeSlicer;
  nowMs?: () => number;
}): LoadShedder {
  const { admission, shares, timeSlicer, nowMs = () => performance.now() } = options;
  const isWithinShare = (orgId: string | undefined) => shares.priorityOf(orgId, nowMs()) === 0;

  function admitWithinShare(now: number): void {
    timeSlicer.notePriorityWork();
    const seconds = admission.retryAfterSeconds('withinShare', now);
    if (seconds !== undefined) throw refusal(OVER_LIMIT, seconds);
  }

  function admitOverflow(request: RequestAdmission): void {
    const seconds = admission.retryAfterSeconds(overflowClass(request), nowMs());
    if (seconds !== undefined) refuseOverflow(request, seconds);
  }

  function refuseOverflow({ reservationKey, bytes }: RequestAdmission, seconds: number): never {
    const retryAfter = reservationKey === undefined ? seconds : admission.reserve(reservationKey, bytes, nowMs());
    throw refusal(OVER_SHARE, retryAfter);
  }

  /** Whether the key is bound to an org beyond its share, and the request has no reservation. */
  const isOverflow = ({ caller, isReserved }: RequestAdmission) =>
    !isReserved && caller.orgId !== null && !isWithinShare(caller.orgId);

  async function waitForSlice(request: RequestAdmission): Promise<void> {
    const isPriority = !isOverflow(request);
    if (!isPriority && timeSlicer.lowPriorityWaiting() >= MAX_WAITING_OVERFLOW)
      refuseOverflow(request, FULL_RETRY_SECONDS);
    await timeSlicer.acquire(isPriority);
    // Other requests were admitted during the wait, so overflow may be refused now.
    if (!isPriority) admitOverflow(request);
  }

  return {
    isWithinShare,
    admitOverflow,
    begin(httpRequest, caller, key) {
      const reservationKey = key && `${caller.id} ${key}`;
      const length = Number(httpRequest.headers['content-length'] ?? UNKNOWN_REQUEST_BYTES);
      const request = {
        caller,
        reservationKey,
        bytes: Math.max(MIN_REQUEST_BYTES, length),
        isReserved: reservationKey !== undefined && admission.claim(reservationKey, nowMs()),
      };
      if (caller.orgId === null || isWithinShare(caller.orgId)) admitWithinShare(nowMs());
      else admitOverflow(request);
      return request;
    },
    waitForSlice: (request) => (request.bytes < MIN_SLICED_BYTES ? undefined : waitForSlice(request)),
    admit(orgId, request) {
      const now = nowMs();
      const priority = shares.priorityOf(orgId, now);
      if (priority === 0) admitWithinShare(now);
      else admitOverflow(request);
      return priority;
    },
  };
}

const refusal = (detail: string, retryAfterSeconds: number) =>
  new Problem(429, detail, { headers: { 'retry-after': String(retryAfterSeconds) } });
