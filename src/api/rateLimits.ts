import type { ServerResponse } from 'node:http';
import type { Scope } from '../models/keys/keySchema.ts';
import type { Quota, QuotaState } from '../queues/quota.ts';
import type { Caller } from './caller.ts';
import { Problem } from './http/problem.ts';

/** What is limited: for each key, and for each org. `null`: it is not. */
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

type Taken = [Quota, QuotaState];

export function createRateLimits({ quotas, onRefusal }: RateLimitsOptions): RateLimits {
  const isRecordLimited = quotas['key-records'] !== null || quotas['org-records'] !== null;

  function take(limits: [Quota | null, string | null | undefined][]): Taken[] {
    const now = performance.now();
    const taken: Taken[] = [];
    for (const [quota, subject] of limits)
      if (quota && subject != null) taken.push([quota, quota.take(subject, 1, now)]);
    const over = taken.filter(([, { isGranted }]) => !isGranted);
    if (over.length === 0) return taken;
    for (const [{ name }] of over) onRefusal?.(name);
    const seconds = Math.max(...over.map(([, standing]) => standing.seconds));
    const names = over.map(([quota]) => `${quota.name} (${quota.limit} a minute)`).join(' and ');
    throw new Problem(429, `This is over the limit ${names}. Send it again in ${seconds} seconds.`, {
      headers: { ...headersOf(over), 'retry-after': String(seconds) },
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
      const now = performance.now();
      const limits = [
        [quotas['key-records'], id],
        [quotas['org-records'], orgId],
      ] as const;
      setHeaders(
        response,
        limits.flatMap(([quota, subject]): Taken[] =>
          quota && subject !== null ? [[quota, quota.peek(subject, now)]] : [],
        ),
      );
    },
  };
}

/** As draft-ietf-httpapi-ratelimit-headers has them: quota and window of each policy; what remains, and for how long. */
function headersOf(taken: readonly Taken[]): Record<string, string> {
  return {
    'ratelimit-policy': taken
      .map(([{ name, limit, windowSeconds }]) => `"${name}";q=${limit};w=${windowSeconds}`)
      .join(', '),
    ratelimit: taken.map(([{ name }, { left, seconds }]) => `"${name}";r=${left};t=${seconds}`).join(', '),
  };
}

function setHeaders(response: ServerResponse, taken: readonly Taken[]): void {
  if (taken.length === 0) return;
  for (const [name, value] of Object.entries(headersOf(taken))) response.appendHeader(name, value);
}
