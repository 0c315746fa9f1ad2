import { z } from 'zod';
import { sentFeedbackSchema } from '../../ingest/feedbackSchema.ts';
import { MAX_UNKNOWN_FIELDS } from '../../ingest/fieldErrors.ts';
import type { AdmittedFeedback } from '../../ingest/groupCommit.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import { invalid, Problem } from '../http/problem.ts';
import { createJsonReader } from '../http/readBody.ts';
import type { RateLimits } from '../rateLimits.ts';
import { batchResponseSchema } from '../reading/readingSchemas.ts';
import { Reply, type Route, route } from '../route.ts';
import { acceptedItem } from './acceptedItem.ts';
import { idempotencyKeyOf, itemId } from './idempotencyKey.ts';
import { FROM_PAGES, INGEST_ROUTE, type Intake } from './intake.ts';

const BODY_LIMITS = { maxBytes: 16 * 1024 * 1024, maxHeldBytes: 24 * 1024 * 1024 };
/** Max feedback in one batch. */
const MAX_ITEMS = 1_000;

export function batchRoute({
  intake,
  limits,
  metrics,
  earliestCreatedAt,
}: {
  intake: Intake;
  limits: RateLimits;
  metrics: Metrics;
  earliestCreatedAt?: number;
}): Route {
  const readJson = createJsonReader(BODY_LIMITS);
  return route('POST /v1/feedback/batch', {
    ...INGEST_ROUTE,
    cors: true,
    description: FROM_PAGES,
    summary: `Send up to ${MAX_ITEMS} feedback`,
    content: {
      'application/json': z
        .strictObject({ feedback: z.array(sentFeedbackSchema(earliestCreatedAt)).min(1).max(MAX_ITEMS) })
        .meta({
          id: 'Batch',
          examples: [{ feedback: [{ overallRating: 5 }, { uxRating: 2, improvements: 'The menu is hard to find.' }] }],
        }),
    },
    responses: {
      202: { description: 'All accepted', schema: batchResponseSchema },
      207: { description: 'Some refused', schema: batchResponseSchema },
    },
    async handle({ caller, request, response, keyed }) {
      const key = idempotencyKeyOf(request);
      const { body, admission } = await intake.readBody(readJson, { request, response, caller, keyed }, key);
      const items = itemsOf(body);
      intake.admitAny(items, admission);
      const admitted: AdmittedFeedback[] = [];
      let overLimit: Problem | undefined;
      const results = items.map((item, index) => {
        try {
          const accepted = intake.accept(item, admission, itemId(key, index), `/feedback/${index}`);
          admitted.push(accepted);
          return { index, ...acceptedItem(accepted.feedback) };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          if (error.status === 429) overLimit ??= error;
          return { index, status: 'refused', problem: error.details() };
        }
      });
      if (admitted.length > 0) await intake.commit(admitted, admission.bytes);
      else if (overLimit) throw overLimit;
      limits.setRecordHeaders(caller, response);
      const refused = items.length - admitted.length;
      if (refused > 0) metrics.refused.inc({ reason: 'invalid' }, refused);
      return new Reply(refused > 0 ? 207 : 202, { accepted: admitted.length, refused, results });
    },
  });
}

/** The items of a batch, not yet validated. Throws Problem 400. */
function itemsOf(body: unknown): unknown[] {
  const { feedback, ...unknownFields } = (body ?? {}) as { feedback?: unknown };
  const errors = Object.keys(unknownFields)
    .slice(0, MAX_UNKNOWN_FIELDS)
    .map((name) => ({
      pointer: `/${name.slice(0, 200).toWellFormed()}`,
      message: 'is not a field; the field is feedback',
    }));
  if (!Array.isArray(feedback) || feedback.length < 1 || feedback.length > MAX_ITEMS)
    errors.push({ pointer: '/feedback', message: `must be a list of 1 to ${MAX_ITEMS} feedback` });
  if (errors.length > 0) throw invalid(errors);
  return feedback as unknown[];
}
