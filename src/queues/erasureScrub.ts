import type { Job, JobType, Queue } from 'bullmq';
import { type RawRecord, recordsIn, scrub } from '../ingest/rawRecords.ts';
import type { DeadLetterQueue } from './deadLetterQueue.ts';

type IsUnwanted = (record: RawRecord) => boolean;

/** Wherever the payload of a job can be; of a paused queue they are the same. */
const STATES: JobType[] = ['active', 'delayed', 'prioritized', 'waiting', 'failed'];
/** Up to 256 KB each. */
const JOBS_AT_ONCE = 20;
const LETTERS_AT_ONCE = 100;

/**
 * Takes records out of the jobs that a queue holds, and says how many. Jobs move while it looks, so it may miss some: those
 * that a worker takes meanwhile.
 */
export async function scrubJobs(queue: Queue, isUnwanted: IsUnwanted): Promise<number> {
  let removed = 0;
  for (const state of STATES)
    for (let from = 0; ; from += JOBS_AT_ONCE) {
      const jobs: (Job | undefined)[] = await queue.getJobs([state], from, from + JOBS_AT_ONCE - 1, true);
      for (const job of jobs) if (job) removed += await scrubJob(job, isUnwanted);
      if (jobs.length < JOBS_AT_ONCE) break;
    }
  return removed;
}

async function scrubJob(job: Job, isUnwanted: IsUnwanted): Promise<number> {
  const count = recordsIn(job.data).filter(isUnwanted).length;
  if (count === 0) return 0;
  // A job that is done by now is not there to be written to, and has taken its content along.
  const isThere = await job.updateData(scrub(job.data, isUnwanted)).then(
    () => true,
    () => false,
  );
  return isThere ? count : 0;
}

/** The same for dead letters: one that holds nothing else is discarded. Says of how many it took anything. */
export async function scrubDeadLetters(letters: DeadLetterQueue, isUnwanted: IsUnwanted): Promise<number> {
  let removed = 0;
  let kept = 0;
  for (;;) {
    const page = await letters.list({ skip: kept, limit: LETTERS_AT_ONCE });
    for (const { id, record } of page) {
      if (!recordsIn(record).some(isUnwanted)) {
        kept++;
        continue;
      }
      removed++;
      const left = scrub(record, isUnwanted);
      if (recordsIn(left).length > 0) {
        await letters.rewrite(id, left);
        kept++;
      } else await letters.discard(id);
    }
    if (page.length < LETTERS_AT_ONCE) return removed;
  }
}
