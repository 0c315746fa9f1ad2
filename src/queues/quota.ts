import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { QueueOptions } from './openQueue.ts';

/**
 * A quota for each subject (a key or an org) per minute, over all processes. Each process counts by itself, and
 * synchronizes with Redis in the background, so that no request waits for Redis. Between two synchronizations, processes
 * together may grant a little more than the limit. While Redis is away, each process counts for itself.
 */
export interface Quota {
  /** such as `key-reads` */
  name: string;
  /** max units of a subject per window */
  limit: number;
  windowSeconds: number;
  /** Consumes `units` if as many remain. `nowMs` is monotonic. */
  consume(subject: string, units: number, nowMs: number): QuotaState;
  /** Returns the state without consuming. */
  peek(subject: string, nowMs: number): QuotaState;
  /** Sends consumption to Redis, and reads that of other processes. Never rejects. */
  sync(now: () => number): Promise<void>;
}

export interface QuotaState {
  isGranted: boolean;
  remaining: number;
  /** seconds until the window ends */
  resetSeconds: number;
}

const WINDOW_SECONDS = 60;
/** Max subjects counted in this process. Beyond it, the oldest is dropped, and later read from Redis again. */
const MAX_SUBJECTS = 100_000;
/** Max subjects in one synchronization. */
const MAX_SYNCED_SUBJECTS = 1_000;

/** Units that a subject has consumed in its window. */
interface Count {
  /** in all processes, as Redis last said */
  shared: number;
  /** in this process, being sent to Redis */
  sending: number;
  /** in this process, not yet sent */
  unsent: number;
  windowEndMs: number;
}

export function createQuota(options: QueueOptions & { name: string; limit: number }): Quota {
  const { name, limit, connection, prefix } = options;
  const limiter = new RateLimiterRedis({
    points: limit,
    duration: WINDOW_SECONDS,
    keyPrefix: `${prefix}:quota:${name}`,
    storeClient: connection,
    rejectIfRedisNotReady: true,
  });
  const counts = new Map<string, Count>();
  let isSyncing = false;

  function countOf(subject: string, nowMs: number): Count {
    const current = counts.get(subject);
    if (current && nowMs < current.windowEndMs) return current;
    counts.delete(subject);
    const fresh = { shared: 0, sending: 0, unsent: 0, windowEndMs: nowMs + WINDOW_SECONDS * 1_000 };
    counts.set(subject, fresh);
    if (counts.size > MAX_SUBJECTS) counts.delete(counts.keys().next().value!);
    return fresh;
  }

  function stateOf(count: Count, nowMs: number, isGranted: boolean): QuotaState {
    const seconds = Math.ceil((count.windowEndMs - nowMs) / 1_000);
    return {
      isGranted,
      remaining: Math.max(0, limit - consumed(count)),
      resetSeconds: Math.min(WINDOW_SECONDS, Math.max(1, seconds)),
    };
  }

  async function syncSubject(subject: string, count: Count, now: () => number): Promise<void> {
    count.sending = count.unsent;
    count.unsent = 0;
    try {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(subject, count.sending);
      count.shared = consumedPoints;
      count.windowEndMs = now() + msBeforeNext;
    } catch {
      // Redis is away: the process counts on from what it knows until the window ends. The library's insurance limiter
      // would start again from zero.
      count.unsent += count.sending;
    }
    count.sending = 0;
  }

  return {
    name,
    limit,
    windowSeconds: WINDOW_SECONDS,
    consume(subject, units, nowMs) {
      const count = countOf(subject, nowMs);
      const isGranted = consumed(count) + units <= limit;
      if (isGranted) count.unsent += units;
      return stateOf(count, nowMs, isGranted);
    },
    peek: (subject, nowMs) => stateOf(countOf(subject, nowMs), nowMs, true),
    async sync(now) {
      if (isSyncing) return;
      isSyncing = true;
      const changed: [string, Count][] = [];
      for (const [subject, count] of counts) {
        if (count.windowEndMs <= now()) counts.delete(subject);
        else if (count.unsent > 0 && changed.length < MAX_SYNCED_SUBJECTS) changed.push([subject, count]);
      }
      await Promise.all(changed.map(([subject, count]) => syncSubject(subject, count, now)));
      isSyncing = false;
    },
  };
}

const consumed = ({ shared, sending, unsent }: Count) => shared + sending + unsent;
