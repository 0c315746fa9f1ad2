import type { ServerResponse } from 'node:http';
import type { Scope } from '../models/keys/keySchema.ts';
import type { Quota, QuotaState } from '../queues/quota.ts';
import type { Caller } from './caller.ts';
import { Problem } from './http/problem.ts';

/** Quotas per key and per org; null: unlimited. */
export type Quotas = Record<`${'key' | 'org'}-${'reads' | 'posts' | 'records'}`, Quota | null>;

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
  onRefusal?(quota: string): void;
}

type QuotaUse = [Quota, QuotaState];

export function createRateLimits({ quotas, onRefusal }: RateLimitsOptions): RateLimits {
  const isRecordLimited = quotas['key-records'] !== null || quotas['org-records'] !== null;

  function take(limits: [Quota | null, string | null | undefined][]): QuotaUse[] {
    const nowMs = performance.now();
    const uses: QuotaUse[] = [];
    for (const [quota, subject] of limits)
      if (quota && subject != null) uses.push([quota, quota.consume(subject, 1, nowMs)]);
    const exceeded = uses.filter(([, { isGranted }]) => !isGranted);
    if (exceeded.length === 0) return uses;
    for (const [{ name }] of exceeded) onRefusal?.(name);
    const seconds = Math.max(...exceeded.map(([, state]) => state.resetSeconds));
    const names = exceeded.map(([quota]) => `${quota.name} (${quota.limit} a minute)`).join(' and ');
    throw new Problem(429, `This is over the limit ${names}. Send it again in ${seconds} seconds.`, {
      headers: { ...headersOf(exceeded), 'retry-after': String(seconds) },
      reason: 'rate_limit',
    });
  }

  return {
    countRequest(scope, { id, orgId }, response) {
      const kind = scope === 'ingest' ? 'posts' : 'reads';
      const [ofKey, ofOrg] = [quotas[`key-${kind}`], quotas[`org-${kind}`]];
      if (ofKey || ofOrg)
        setHeaders(
          response,
          take([
            [ofKey, id],
            [ofOrg, orgId],
          ]),
        );
    },
    countRecord(caller, orgId) {
      if (isRecordLimited)
        take([
          [quotas['key-records'], caller.id],
          [quotas['org-records'], orgId],
        ]);
    },
    setRecordHeaders({ id, orgId }, response) {
      if (!isRecordLimited) return;
      const nowMs = performance.now();
      const limits = [
        [quotas['key-records'], id],
        [quotas['org-records'], orgId],
      ] as const;
      setHeaders(
        response,
        limits.flatMap(([quota, subject]): QuotaUse[] =>
          quota && subject !== null ? [[quota, quota.peek(subject, nowMs)]] : [],
        ),
      );
    },
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
