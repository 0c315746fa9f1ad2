import type { Queue } from 'bullmq';

export const JOB_STATES = ['waiting', 'active', 'delayed', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface QueueState {
  queue: string;
  jobs: Record<JobState, number>;
  /** how long the oldest job that is not done has been in the queue; 0 where there is none */
  oldestJobAgeSeconds: number;
}

/** Reads the state of a queue from Redis: a handful of O(1) commands, whatever the backlog. */
export async function readQueueState(queue: Queue, now: number): Promise<QueueState> {
  const [counts, oldest] = await Promise.all([queue.getJobCounts(...JOB_STATES), oldestTimestamp(queue)]);
  return {
    queue: queue.name,
    jobs: Object.fromEntries(JOB_STATES.map((state) => [state, counts[state] ?? 0])) as QueueState['jobs'],
    oldestJobAgeSeconds: oldest === undefined ? 0 : Math.max(0, (now - oldest) / 1000),
  };
}

/** Reads the times of the jobs at the old ends of the lists, and not their payloads, which may be large. */
async function oldestTimestamp(queue: Queue): Promise<number | undefined> {
  const redis = await queue.getBackend().client;
  const tail = (list: string) => redis.lrange(queue.toKey(list), -1, -1);
  const ids = (await Promise.all([tail('wait'), tail('active')])).flat();
  const delayed = await redis.zrange(queue.toKey('delayed'), 0, 0);
  const times = await Promise.all([...ids, ...delayed].map((id) => redis.hget(queue.toKey(id), 'timestamp')));
  const known = times.filter((time) => time != null).map(Number);
  return known.length > 0 ? Math.min(...known) : undefined;
}
