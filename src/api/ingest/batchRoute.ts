import { z } from 'zod';
import { createItemIds } from '../../ingest/createItemIds.ts';
import { sentFeedbackSchema } from '../../ingest/feedbackSchema.ts';
import { MAX_UNKNOWN_FIELDS } from '../../ingest/fieldErrors.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import { invalid, Problem } from '../http/problem.ts';
import { createJsonReader } from '../http/readBody.ts';
import type { RateLimits } from '../rateLimits.ts';
import { batchResponseSchema } from '../reading/readingSchemas.ts';
import { Reply, type Route, route } from '../route.ts';
import { acceptedItem } from './acceptedItem.ts';
import { idempotencyKeyOf } from './idempotencyKey.ts';
import { FROM_PAGES, INGEST_ROUTE, type Intake } from './intake.ts';
import type { TakenFeedback } from './knownFeedback.ts';

const BODY_LIMITS = { maxBytes: 16 * 1024 * 1024, maxHeldBytes: 24 * 1024 * 1024 };
/** Max milliseconds that the response waits to learn what was known. */
const KNOWN_TIMEOUT_MS = 250;
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
      const itemId = key === undefined ? undefined : createItemIds(key);
      const admitted: TakenFeedback[] = [];
      const accepted: AcceptedResult[] = [];
      let overLimit: Problem | undefined;
      const results = items.map((item, index) => {
        try {
          const one = intake.accept(item, admission, itemId, `/feedback/${index}`);
          const result: AcceptedResult = { index, ...acceptedItem(one.feedback) };
          admitted.push(one);
          accepted.push(result);
          return result;
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          if (error.status === 429) overLimit ??= error;
          return { index, status: 'refused', problem: error.details() };
        }
      });
      if (admitted.length === 0 && overLimit) throw overLimit;
      const finding = intake.findKnown(admitted, admission, KNOWN_TIMEOUT_MS);
      if (admitted.length > 0) await intake.commit(admitted, admission.bytes);
      const { isKnown, isComplete } = await finding;
      accepted.forEach((result, index) => {
        if (isKnown[index]) result.duplicate = true;
      });
      limits.setRecordHeaders(caller, response);
      const refused = items.length - admitted.length;
      if (refused > 0) metrics.refused.inc({ reason: 'invalid' }, refused);
      const duplicates = isComplete ? isKnown.filter(Boolean).length : null;
      return new Reply(refused > 0 ? 207 : 202, { accepted: admitted.length, duplicates, refused, results });
    },
  });
}

type AcceptedResult = ReturnType<typeof acceptedItem> & { index: number; duplicate?: true };

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
