import type { Queue } from 'bullmq';
import { LOWEST_PRIORITY } from '../ingest/overload/fairShare.ts';
import type { Connection } from './connect.ts';

export const JOB_STATES = ['waiting', 'prioritized', 'active', 'delayed', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface QueueState {
  queue: string;
  jobs: Record<JobState, number>;
  /** how long ago the oldest job that is not done was due; 0 where there is none */
  oldestJobAgeSeconds: number;
}

/** Reads the state of a queue from Redis: a handful of commands that a backlog does not slow, O(log n) at most. */
export async function readQueueState(queue: Queue, redis: Connection, now: number): Promise<QueueState> {
  const [counts, oldest] = await Promise.all([
    queue.getJobCounts(...JOB_STATES),
    oldestDueTime(queue, redis),
  ]);
  return {
    queue: queue.name,
    jobs: Object.fromEntries(JOB_STATES.map((state) => [state, counts[state] ?? 0])) as QueueState['jobs'],
    oldestJobAgeSeconds: oldest === undefined ? 0 : Math.max(0, (now - oldest) / 1000),
  };
}

/** Reads the times of the jobs at the old ends of the lists, and not their payloads, which may be large. */
async function oldestDueTime(queue: Queue, redis: Connection): Promise<number | undefined> {
  const tail = (list: string) => redis.lrange(queue.toKey(list), -1, -1);
  const ids = (await Promise.all([tail('wait'), tail('active')])).flat();
  const delayed = await redis.zrange(queue.toKey('delayed'), '0', '0');
  // Within a priority they are in order of time.
  const prioritized = await Promise.all(
    Array.from({ length: LOWEST_PRIORITY }, (_, at) =>
      redis.zrangebyscore(queue.toKey('prioritized'), (at + 1) * 2 ** 32, '+inf', 'LIMIT', 0, 1),
    ),
  );
  const times = await Promise.all(
    [...ids, ...delayed, ...prioritized.flat()].map(async (id) =>
      dueTimeOf(await redis.hmget(queue.toKey(id), 'timestamp', 'opts')),
    ),
  );
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** When a job was put into the queue, or was to begin where that is later: what runs once a day is there a day before. */
function dueTimeOf([timestamp, opts]: (string | null)[]): number | undefined {
  if (timestamp == null) return undefined;
  const { delay = 0 } = JSON.parse(opts ?? '{}') as { delay?: number };
  return Number(timestamp) + delay;
}
