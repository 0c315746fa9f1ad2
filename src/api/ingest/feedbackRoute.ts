import { feedbackSchema } from '../../ingest/feedbackSchema.ts';
import { authorize } from '../authorize.ts';
import { sendJson } from '../http/problem.ts';
import { createJsonReader } from '../http/readBody.ts';
import type { KeyCache } from '../keys/keyCache.ts';
import type { RateLimits } from '../rateLimits.ts';
import { acceptedSchema } from '../reading/readingSchemas.ts';
import type { Route } from '../route.ts';
import { idempotencyKeyOf } from './idempotencyKey.ts';
import { INGEST_ROUTE, type Intake } from './intake.ts';

const BODY_LIMITS = { maxBytes: 256 * 1024, maxHeldBytes: 16 * 1024 * 1024, maxMs: 10_000 };

export function feedbackRoute({
  keys,
  intake,
  limits,
}: {
  keys: KeyCache;
  intake: Intake;
  limits: RateLimits;
}): Route {
  const readJson = createJsonReader(BODY_LIMITS);
  return {
    ...INGEST_ROUTE,
    cors: true,
    path: '/v1/feedback',
    summary: 'Send one feedback',
    body: { 'application/json': feedbackSchema },
    responses: { 202: { description: 'Accepted', schema: acceptedSchema } },
    async handle(request, response) {
      const caller = authorize(request, keys, 'ingest', { cors: true });
      const key = idempotencyKeyOf(request);
      const begun = intake.begin(request, caller, key);
      const { body, admission } = await intake.readBody(readJson, { request, response }, begun);
      const admitted = intake.accept(body, admission, key);
      limits.setRecordHeaders(caller, response);
      await intake.commit([admitted], admission.bytes);
      sendJson(response, 202, { id: admitted.feedback.id, status: 'accepted' });
    },
  };
}
