import { z } from 'zod';
import { type AcceptedFeedback, feedbackSchema, MAX_TAGS } from './feedbackSchema.ts';
import { idSchema } from './names/ids.ts';
import { acceptedLabelSchema } from './names/labels.ts';

/** The payload of an ingest job: a batch of feedback. `version` lets a worker read jobs of an older API. */
export interface IngestJob {
  version: 1;
  feedback: unknown[];
}

const label = acceptedLabelSchema.optional();

/** Records that any release of the API wrote. The rules for what is sent may be stricter by now. */
const acceptedSchema = feedbackSchema.extend({
  id: idSchema,
  orgId: idSchema.optional(),
  userId: idSchema.optional(),
  sessionId: idSchema.optional(),
  easeOfUse: label,
  helpfulness: label,
  willingToPay: label,
  experiment: label,
  variant: label,
  tags: z.array(acceptedLabelSchema).max(MAX_TAGS).optional(),
  createdAt: z.int().min(0).max(8.64e15),
  sentCreatedAt: z.int().min(0).max(8.64e15).optional(),
  acceptedAt: z.int().min(0),
  /** org of the key, in jobs of earlier versions: always equal to `orgId` */
  namespace: idSchema.optional(),
});

/** A record in the queue that the API cannot have written. */
export class UnreadableRecord extends Error {
  override name = 'UnreadableRecord';
}

export function encodeJob(feedback: AcceptedFeedback[]): IngestJob {
  return { version: 1, feedback };
}

/** The records of a job, not yet validated. Throws UnreadableRecord if the payload is not a batch. */
export function recordsOf(job: unknown): unknown[] {
  const { version, feedback } = (job ?? {}) as Partial<IngestJob>;
  if (version !== 1)
    throw new UnreadableRecord(`job of version ${JSON.stringify(version)}; this worker reads version 1`);
  if (!Array.isArray(feedback)) throw new UnreadableRecord('job without a list of feedback');
  return feedback;
}

/** Validates one record of a job. Throws UnreadableRecord, which names the invalid fields and repeats no content. */
export function decodeRecord(record: unknown): AcceptedFeedback {
  const parsed = acceptedSchema.safeParse(record);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'record'}: ${issue.message}`);
  throw new UnreadableRecord(faults.join('; '));
}

/** Estimated bytes of a feedback in a job; never far too low. */
export function jobBytes(feedback: AcceptedFeedback): number {
  return 700 + 3 * (feedback.improvements?.length ?? 0);
}
