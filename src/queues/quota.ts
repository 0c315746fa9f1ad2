import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { Connection } from './connect.ts';

/**
 * A quota of something for each subject (a key, an org) in each minute, over all processes. What is taken is counted here,
 * at once, and settled with Redis in the background, so that nobody waits for Redis; between two settlements processes
 * don't know of each other, and together may give out a little more. While Redis is away, each counts for itself.
 */
export interface Quota {
  /** such as `key-reads` */
  name: string;
  /** of a subject, in a window */
  limit: number;
  windowSeconds: number;
  /** Takes some where that many are left, and says how many are. `now` in ms. */
  take(subject: string, count: number, now: number): QuotaState;
  /** What is left, without taking any. */
  peek(subject: string, now: number): QuotaState;
  /** Tells Redis what was taken, and learns what others took. Never rejects. */
  sync(now: () => number): Promise<void>;
}

export interface QuotaState {
  isGranted: boolean;
  left: number;
  /** until the window ends */
  seconds: number;
}

export interface QuotaOptions {
  name: string;
  limit: number;
  connection: Connection;
  prefix: string;
}

const WINDOW_SECONDS = 60;
/** Beyond it, whoever has taken nothing for longest is forgotten here, and counted from what Redis knows. */
const MAX_SUBJECTS = 100_000;
/** Subjects that are settled in one go. */
const SETTLED = 1_000;

interface Count {
  /** by all, as far as Redis said */
  known: number;
  /** here, and Redis is being told */
  told: number;
  /** here, since then */
  since: number;
  /** ms */
  until: number;
}

export function createQuota({ name, limit, connection, prefix }: QuotaOptions): Quota {
  const shared = new RateLimiterRedis({
    points: limit,
    duration: WINDOW_SECONDS,
    keyPrefix: `${prefix}:quota:${name}`,
    storeClient: connection,
    rejectIfRedisNotReady: true,
  });
  const counts = new Map<string, Count>();
  let underWay = false;

  function countOf(subject: string, now: number): Count {
    const found = counts.get(subject);
    if (found && now < found.until) return found;
    counts.delete(subject);
    const fresh = { known: 0, told: 0, since: 0, until: now + WINDOW_SECONDS * 1_000 };
    counts.set(subject, fresh);
    if (counts.size > MAX_SUBJECTS) counts.delete(counts.keys().next().value!);
    return fresh;
  }

  const standing = ({ known, told, since, until }: Count, now: number, isGranted: boolean): QuotaState => ({
    isGranted,
    left: Math.max(0, limit - known - told - since),
    seconds: Math.min(WINDOW_SECONDS, Math.max(1, Math.ceil((until - now) / 1_000))),
  });

  async function settleOne(subject: string, count: Count, now: () => number): Promise<void> {
    count.told = count.since;
    count.since = 0;
    try {
      const { consumedPoints, msBeforeNext } = await shared.penalty(subject, count.told);
      count.known = consumedPoints;
      count.until = now() + msBeforeNext;
      count.told = 0;
    } catch {
      // Redis is away: what others took stays known, and what is taken here is counted on, until the window ends. (The
      // library's insurance limiter would begin from nothing.)
      count.since += count.told;
      count.told = 0;
    }
  }

  return {
    name,
    limit,
    windowSeconds: WINDOW_SECONDS,
    take(subject, wanted, now) {
      const count = countOf(subject, now);
      const isGranted = count.known + count.told + count.since + wanted <= limit;
      if (isGranted) count.since += wanted;
      return standing(count, now, isGranted);
    },
    peek: (subject, now) => standing(countOf(subject, now), now, true),
    async sync(now) {
      if (underWay) return;
      underWay = true;
      const open: [string, Count][] = [];
      for (const [subject, count] of counts) {
        if (count.until <= now()) counts.delete(subject);
        else if (count.since > 0 && open.length < SETTLED) open.push([subject, count]);
      }
      await Promise.all(open.map(([subject, count]) => settleOne(subject, count, now)));
      underWay = false;
    },
  };
}
