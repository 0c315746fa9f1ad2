import { createHash } from 'node:crypto';
import type { Job, Queue } from 'bullmq';
import type { IngestJob } from '../ingest/job.ts';
import type { IngestQueue } from './ingestQueue.ts';
import { openQueue, type QueueOptions } from './openQueue.ts';

export const DEAD_LETTER_QUEUE = 'dead-letter';

/** A record that could not be stored, kept until it is replayed or discarded. */
export interface DeadLetter {
  version: 1;
  /** one feedback of an ingest job, or a whole job with an unreadable payload */
  kind: 'record' | 'job';
  record: unknown;
  reason: string;
  /** the ingest job that carried it */
  jobId: string;
}

export interface DeadLetterEntry extends Omit<DeadLetter, 'version'> {
  id: string;
  at: Date;
}

export interface DeadLetterQueue {
  /** Keeps a record. The same record of the same job is kept once, so a job that runs again adds nothing. */
  put(letter: Omit<DeadLetter, 'version'>): Promise<{ id: string }>;
  /** Replaces the record of a letter. */
  rewrite(id: string, record: unknown): Promise<void>;
  count(): Promise<number>;
  /** Oldest first. */
  list(range: { skip: number; limit: number }): Promise<DeadLetterEntry[]>;
  find(id: string): Promise<DeadLetterEntry | undefined>;
  /** Puts the record into the ingest queue, then discards the letter. After a crash in between, it is replayed twice and counts once. */
  replay(id: string): Promise<boolean>;
  discard(id: string): Promise<boolean>;
  queue: Queue<DeadLetter>;
  close(): Promise<void>;
}

export function createDeadLetterQueue(options: QueueOptions & { ingest: Pick<IngestQueue, 'queue'> }): DeadLetterQueue {
  const queue = openQueue<DeadLetter>(DEAD_LETTER_QUEUE, options);
  const find = async (id: string) => {
    const job = await queue.getJob(id);
    return job && entryOf(job);
  };
  const discard = async (id: string) => (await queue.remove(id)) === 1;

  return {
    queue,
    async put(letter) {
      const id = letterId(letter);
      await queue.add('record', { version: 1, ...letter }, { jobId: id });
      return { id };
    },
    async rewrite(id, record) {
      const job = await queue.getJob(id);
      await job?.updateData({ ...job.data, record });
    },
    count: () => queue.getWaitingCount(),
    async list({ skip, limit }) {
      const jobs = await queue.getJobs(['waiting'], skip, skip + limit - 1, true);
      return jobs.map(entryOf);
    },
    find,
    async replay(id) {
      const letter = await find(id);
      if (!letter) return false;
      const data = letter.kind === 'job' ? letter.record : { version: 1, feedback: [letter.record] };
      await options.ingest.queue.add('batch', data as IngestJob);
      await discard(id);
      return true;
    },
    discard,
    close: () => queue.close(),
  };
}

function entryOf(job: Job<DeadLetter>): DeadLetterEntry {
  const { kind, record, reason, jobId } = job.data;
  return { id: job.id ?? '', at: new Date(job.timestamp), reason, jobId, kind, record };
}

/**
 * Derives the id of a letter from its record and job. A job that runs twice keeps its record once. A replay that fails again
 * is another job with a letter of its own, which discarding the replayed letter does not remove.
 */
function letterId({ jobId, record }: Pick<DeadLetter, 'jobId' | 'record'>): string {
  const hash = createHash('sha256').update(`${jobId} ${JSON.stringify(record)}`);
  return `letter-${hash.digest('hex').slice(0, 24)}`;
}
