import type { ServerResponse } from 'node:http';
import type { QuotaName } from '../metrics/metrics.ts';
import type { Scope } from '../models/keys/keySchema.ts';
import type { Quota, QuotaState } from '../queues/quota.ts';
import type { Caller } from './caller.ts';
import { Problem } from './http/problem.ts';

/** Quotas per key and per org; null: unlimited. */
export type Quotas = Record<QuotaName, Quota | null>;

/** Rate limits, per key and per org, of requests and of the records in them. */
export interface RateLimits {
  /**
   * Counts a request to a route with this scope, and reports the limits in the headers.
   *
   * @throws Problem 429 beyond a limit
   */
  countRequest(scope: Scope, caller: Caller, response: ServerResponse): void;
  /**
   * Counts one record of an org, or of none.
   *
   * @throws Problem 429 beyond a limit
   */
  countRecord(caller: Caller, orgId: string | undefined): void;
  /** Reports in the headers how many records the caller may still send. */
  setRecordHeaders(caller: Caller, response: ServerResponse): void;
}

export interface RateLimitsOptions {
  quotas: Quotas;
  onRefusal?(quota: QuotaName): void;
}

type QuotaUse = [Quota, QuotaState];
type ReadQuota = (quota: Quota, subject: string, nowMs: number) => QuotaState;

const NO_USES: QuotaUse[] = [];
const consume: ReadQuota = (quota, subject, nowMs) => quota.consume(subject, 1, nowMs);
const peek: ReadQuota = (quota, subject, nowMs) => quota.peek(subject, nowMs);

export function createRateLimits({ quotas, onRefusal }: RateLimitsOptions): RateLimits {
  const quotasOf = (kind: 'reads' | 'posts' | 'records') => [quotas[`key-${kind}`], quotas[`org-${kind}`]] as const;
  const [reads, posts, records] = [quotasOf('reads'), quotasOf('posts'), quotasOf('records')];

  function usesOf(
    [ofKey, ofOrg]: ReturnType<typeof quotasOf>,
    { id }: Caller,
    orgId: string | null | undefined,
    read: ReadQuota,
  ): QuotaUse[] {
    if (!ofKey && !ofOrg) return NO_USES;
    const nowMs = performance.now();
    const uses: QuotaUse[] = [];
    if (ofKey) uses.push([ofKey, read(ofKey, id, nowMs)]);
    if (ofOrg && orgId != null) uses.push([ofOrg, read(ofOrg, orgId, nowMs)]);
    return uses;
  }

  function refuseExceeded(uses: QuotaUse[]): void {
    if (uses.every(([, { isGranted }]) => isGranted)) return;
    const exceeded = uses.filter(([, { isGranted }]) => !isGranted);
    for (const [{ name }] of exceeded) onRefusal?.(name as QuotaName);
    const seconds = Math.max(...exceeded.map(([, state]) => state.resetSeconds));
    const names = exceeded.map(([quota]) => `${quota.name} (${quota.limit} a minute)`).join(' and ');
    throw new Problem(429, `This is over the limit ${names}. Send it again in ${seconds} seconds.`, {
      headers: { ...headersOf(exceeded), 'retry-after': String(seconds) },
      reason: 'rate_limit',
    });
  }

  return {
    countRequest(scope, caller, response) {
      const uses = usesOf(scope === 'ingest' ? posts : reads, caller, caller.orgId, consume);
      refuseExceeded(uses);
      setHeaders(response, uses);
    },
    countRecord: (caller, orgId) => refuseExceeded(usesOf(records, caller, orgId, consume)),
    setRecordHeaders: (caller, response) => setHeaders(response, usesOf(records, caller, caller.orgId, peek)),
  };
}

/** Headers of draft-ietf-httpapi-ratelimit-headers: the quota and window of each policy, and what remains of it. */
function headersOf(uses: readonly QuotaUse[]): Record<string, string> {
  return {
    'ratelimit-policy': uses
      .map(([{ name, limit, windowSeconds }]) => `"${name}";q=${limit};w=${windowSeconds}`)
      .join(', '),
    ratelimit: uses
      .map(([{ name }, { remaining, resetSeconds }]) => `"${name}";r=${remaining};t=${resetSeconds}`)
      .join(', '),
  };
}

function setHeaders(response: ServerResponse, uses: readonly QuotaUse[]): void {
  if (uses.length === 0) return;
  for (const [name, value] of Object.entries(headersOf(uses))) response.appendHeader(name, value);
}
