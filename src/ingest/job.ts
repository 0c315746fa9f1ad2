import { z } from 'zod';
import { type AcceptedFeedback, feedbackSchema } from './feedbackSchema.ts';
import { idSchema } from './ids.ts';

/** The payload of one ingest job: a batch. `version` lets a worker read what an older API wrote. */
export interface IngestJob {
  version: 1;
  feedback: unknown[];
}

const acceptedSchema = feedbackSchema.extend({
  id: idSchema,
  createdAt: z.int().min(0).max(8.64e15),
  acceptedAt: z.int().min(0),
  namespace: idSchema.optional(),
});

/** A record in the queue that is not what the API writes. */
export class UnreadableRecord extends Error {
  override name = 'UnreadableRecord';
}

export function encodeJob(feedback: AcceptedFeedback[]): IngestJob {
  return { version: 1, feedback };
}

/** The records of a job, not yet checked. Throws UnreadableRecord where the whole payload is not a batch. */
export function recordsOf(job: unknown): unknown[] {
  const { version, feedback } = (job ?? {}) as Partial<IngestJob>;
  if (version !== 1)
    throw new UnreadableRecord(`job of version ${JSON.stringify(version)}; this worker reads version 1`);
  if (!Array.isArray(feedback)) throw new UnreadableRecord('job without a list of feedback');
  return feedback;
}

/** Checks one record of a job. Throws UnreadableRecord, which names the fields that are wrong and repeats no content. */
export function decodeRecord(record: unknown): AcceptedFeedback {
  const parsed = acceptedSchema.safeParse(record);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'record'}: ${issue.message}`);
  throw new UnreadableRecord(faults.join('; '));
}

/** Room that a feedback takes in a job, in bytes; an estimate that is never far below the truth. */
export function jobBytes(feedback: AcceptedFeedback): number {
  return 700 + 3 * (feedback.improvements?.length ?? 0);
}
