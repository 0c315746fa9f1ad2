import type { Queue } from 'bullmq';
import type { Connection } from './connect.ts';

export const JOB_STATES = ['waiting', 'prioritized', 'active', 'delayed', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface QueueState {
  queue: string;
  jobs: Record<JobState, number>;
  /** time since the oldest unfinished job was due; 0 without one */
  oldestJobAgeSeconds: number;
}

/** Reads the state of a queue from Redis, by a few commands that are O(log n) at most, so a backlog does not slow them. */
export async function readQueueState(queue: Queue, redis: Connection, nowMs: number): Promise<QueueState> {
  const [counts, oldestMs] = await Promise.all([queue.getJobCounts(...JOB_STATES), oldestDueTime(queue, redis)]);
  return {
    queue: queue.name,
    jobs: Object.fromEntries(JOB_STATES.map((state) => [state, counts[state] ?? 0])) as QueueState['jobs'],
    oldestJobAgeSeconds: oldestMs === undefined ? 0 : Math.max(0, (nowMs - oldestMs) / 1_000),
  };
}

/** Reads the times of the jobs at the old end of each list, without their payloads, which may be large. */
async function oldestDueTime(queue: Queue, redis: Connection): Promise<number | undefined> {
  const last = (list: string) => redis.lrange(queue.toKey(list), -1, -1);
  const first = (sortedSet: string) => redis.zrange(queue.toKey(sortedSet), '0', '0');
  const ids = await Promise.all([last('wait'), last('active'), first('delayed'), first('prioritized')]);
  const times = await Promise.all(
    ids.flat().map(async (id) => dueTimeOf(await redis.hmget(queue.toKey(id), 'timestamp', 'opts'))),
  );
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** The time at which a job was added, or was to begin: a daily job is added a day before. */
function dueTimeOf([timestamp, opts]: (string | null)[]): number | undefined {
  if (timestamp == null) return undefined;
  const { delay = 0 } = JSON.parse(opts ?? '{}') as { delay?: number };
  return Number(timestamp) + delay;
}
