import { sentFeedbackSchema } from '../../ingest/feedbackSchema.ts';
import { createJsonReader } from '../http/readBody.ts';
import type { RateLimits } from '../rateLimits.ts';
import { acceptedSchema } from '../reading/readingSchemas.ts';
import { type Route, route } from '../route.ts';
import { acceptedItem } from './acceptedItem.ts';
import { idempotencyKeyOf } from './idempotencyKey.ts';
import { FROM_PAGES, INGEST_ROUTE, type Intake } from './intake.ts';

const BODY_LIMITS = { maxBytes: 256 * 1024, maxHeldBytes: 16 * 1024 * 1024, maxMs: 10_000 };

export function feedbackRoute({
  intake,
  limits,
  earliestCreatedAt,
}: {
  intake: Intake;
  limits: RateLimits;
  earliestCreatedAt?: number;
}): Route {
  const readJson = createJsonReader(BODY_LIMITS);
  return route('POST /v1/feedback', {
    ...INGEST_ROUTE,
    cors: true,
    description: FROM_PAGES,
    summary: 'Send one feedback',
    content: { 'application/json': sentFeedbackSchema(earliestCreatedAt) },
    responses: { 202: { description: 'Accepted', schema: acceptedSchema } },
    async handle({ caller, request, response, keyed }) {
      const key = idempotencyKeyOf(request);
      const { body, admission } = await intake.readBody(readJson, { request, response, caller, keyed }, key);
      const admitted = intake.accept(body, admission, key);
      limits.setRecordHeaders(caller, response);
      await intake.commit([admitted], admission.bytes);
      return acceptedItem(admitted.feedback);
    },
  });
}
