import type { Job, JobType, Queue } from 'bullmq';
import { type RawRecord, recordsIn, scrub } from '../ingest/rawRecords.ts';
import type { DeadLetterQueue } from './deadLetterQueue.ts';

type IsUnwanted = (record: RawRecord) => boolean;

/** All states in which a job keeps its payload; a paused queue has the same. */
const JOB_STATES: JobType[] = ['active', 'delayed', 'prioritized', 'waiting', 'failed'];
/** Jobs read at once, each of up to 256 KiB. */
const JOBS_PAGE = 20;
const LETTERS_PAGE = 100;

/**
 * Removes unwanted records from the jobs of a queue. Returns how many. May miss jobs that change their state meanwhile, such
 * as those that a worker takes; the tombstones keep their records from being stored.
 */
export async function scrubJobs(queue: Queue, isUnwanted: IsUnwanted): Promise<number> {
  let removed = 0;
  for (const state of JOB_STATES)
    for (let start = 0; ; start += JOBS_PAGE) {
      const jobs: (Job | undefined)[] = await queue.getJobs([state], start, start + JOBS_PAGE - 1, true);
      for (const job of jobs) if (job) removed += await scrubJob(job, isUnwanted);
      if (jobs.length < JOBS_PAGE) break;
    }
  return removed;
}

async function scrubJob(job: Job, isUnwanted: IsUnwanted): Promise<number> {
  const count = recordsIn(job.data).filter(isUnwanted).length;
  if (count === 0) return 0;
  // A job that is done meanwhile no longer exists, nor does its payload.
  return job.updateData(scrub(job.data, isUnwanted)).then(
    () => count,
    () => 0,
  );
}

/** Removes unwanted records from dead letters, and discards letters left empty. Returns how many letters had any. */
export async function scrubDeadLetters(letters: DeadLetterQueue, isUnwanted: IsUnwanted): Promise<number> {
  let removed = 0;
  let kept = 0;
  for (;;) {
    const page = await letters.list({ skip: kept, limit: LETTERS_PAGE });
    for (const { id, record } of page) {
      if (!recordsIn(record).some(isUnwanted)) {
        kept++;
        continue;
      }
      removed++;
      const remaining = scrub(record, isUnwanted);
      if (recordsIn(remaining).length > 0) {
        await letters.rewrite(id, remaining);
        kept++;
      } else await letters.discard(id);
    }
    if (page.length < LETTERS_PAGE) return removed;
  }
}
