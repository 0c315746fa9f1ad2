import type { ServerResponse } from 'node:http';
import type { Quota, QuotaState } from '../queues/quota.ts';
import { callerOf } from './authorize.ts';
import { Problem } from './http/problem.ts';
import type { Caller, KeyCache } from './keys/keyCache.ts';
import type { Route } from './route.ts';

/** What is limited: for each key, and for each org. `null`: it is not. */
export type Quotas = Record<`${'key' | 'org'}-${'reads' | 'posts' | 'records'}`, Quota | null>;

/**
 * Limits how much comes from one key, and from one org: requests, and records in them. Where nothing is limited, nothing
 * is done for it.
 */
export interface RateLimits {
  /** The same route; its requests are counted, where there is a limit. */
  wrap(route: Route): Route;
  /** Counts one record, of an org or of none. Throws a Problem (429) where there is no more room for it. */
  countRecord(caller: Caller, orgId: string | undefined): void;
  /** Says in the headers how many records the caller may send yet. */
  setRecordHeaders(caller: Caller, response: ServerResponse): void;
}

export interface RateLimitsOptions {
  quotas: Quotas;
  keys: KeyCache;
  onRefusal?(quota: string): void;
}

type Taken = [Quota, QuotaState];

export function createRateLimits({ quotas, keys, onRefusal }: RateLimitsOptions): RateLimits {
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
    wrap(route) {
      const kind = route.scope === 'ingest' ? 'posts' : 'reads';
      const [ofKey, ofOrg] = [quotas[`key-${kind}`], quotas[`org-${kind}`]];
      if (!route.scope || (!ofKey && !ofOrg)) return route;
      return {
        ...route,
        async handle(request, response) {
          const caller = callerOf(request, keys);
          if (caller)
            show(
              response,
              take([
                [ofKey, caller.id],
                [ofOrg, caller.orgId],
              ]),
            );
          return route.handle(request, response);
        },
      };
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
      show(
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

function show(response: ServerResponse, taken: readonly Taken[]): void {
  if (taken.length === 0) return;
  for (const [name, value] of Object.entries(headersOf(taken))) response.appendHeader(name, value);
}
