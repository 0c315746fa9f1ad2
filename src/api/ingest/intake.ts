import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ItemId } from '../../ingest/createItemIds.ts';
import { acceptFeedback, checkFeedback, type FeedbackInput } from '../../ingest/feedbackSchema.ts';
import type { FieldError } from '../../ingest/fieldErrors.ts';
import { type GroupCommit, totalBytes } from '../../ingest/groupCommit.ts';
import { createIdGenerator } from '../../ingest/idGenerator.ts';
import { jobBytes } from '../../ingest/job.ts';
import { MAX_ID_CHARACTERS } from '../../ingest/names/ids.ts';
import type { Admission } from '../../ingest/overload/admission.ts';
import type { FairShare } from '../../ingest/overload/fairShare.ts';
import { createPrivacyFilter, type PrivacyOptions } from '../../ingest/privacyFilter.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { StoredFeedback } from '../../models/feedback/storedFeedback.ts';
import type { Caller } from '../caller.ts';
import type { KeyedBody } from '../http/keyedBody.ts';
import { invalid, Problem } from '../http/problem.ts';
import type { ReadJson } from '../http/readBody.ts';
import type { RateLimits } from '../rateLimits.ts';
import { queries } from '../reading/querySchemas.ts';
import { createLoadShedder, type RequestAdmission, withBodyLength } from './admissionControl.ts';
import { idempotencyHeaders } from './idempotencyKey.ts';
import { createKnownFeedback, type KnownFeedback, type TakenFeedback } from './knownFeedback.ts';
import { createTimeSlicer } from './timeSlices.ts';

/** Facts for OpenAPI on routes that pages may call. */
export const FROM_PAGES =
  'A page that closes may send the same JSON by `navigator.sendBeacon`, as text/plain of up to 64 KiB without an Authorization header. The object then has the further field `key` with a browser key, and the page must be of one of its origins.';

/** Properties that all ingest routes share. */
export const INGEST_ROUTE = {
  scope: 'ingest',
  query: queries.none,
  headers: idempotencyHeaders,
  errors: [400, 408, 413, 415],
} as const;

/**
 * The path of feedback from a request to the queue, which all ingest routes share.
 *
 * 1. `begin` or `readBody` refuses a request early if its feedback is being shed.
 * 2. `accept` takes one value: admit, count against the rate limits, validate, bind to the org, make an id, filter, build.
 * 3. `commit` resolves when the queue has the feedback. `findKnown` runs beside it.
 */
export interface Intake {
  /** `key`: the request's Idempotency-Key, if the request may get a reservation. Throws Problem 429. */
  begin(request: IncomingMessage, caller: Caller, key: string | undefined): RequestAdmission;
  /** `begin`, then reads a JSON body and its true length. Throws Problem, 429 if the whole body is shed. */
  readBody(
    readJson: ReadJson,
    exchange: { request: IncomingMessage; response: ServerResponse; caller: Caller; keyed: KeyedBody | undefined },
    key: string | undefined,
  ): Promise<{ body: unknown; admission: RequestAdmission }>;
  /** Throws Problem 429 if all of these values are overflow, and overflow is shed. */
  admitAny(values: readonly unknown[], admission: RequestAdmission): void;
  /**
   * `makeId`: makes the id of a value that has none; without it, one is generated. `pointer`: JSON pointer to the value
   * in the body. Throws Problem, and what `makeId` throws.
   */
  accept(value: unknown, admission: RequestAdmission, makeId: ItemId | undefined, pointer?: string): TakenFeedback;
  /** Which of the feedback are known already. A browser's key, which anybody can read, learns nothing. Never rejects. */
  findKnown(
    admitted: readonly TakenFeedback[],
    admission: RequestAdmission,
    timeoutMs: number,
    isKeyNew?: boolean,
  ): ReturnType<KnownFeedback['find']>;
  isKeyNew: KnownFeedback['isKeyNew'];
  /** `sentBytes`: size of the request, 0 if unknown. */
  commit(admitted: TakenFeedback[], sentBytes: number): Promise<void>;
}

export interface IntakeOptions extends PrivacyOptions {
  storedFeedback: StoredFeedback;
  groupCommit: GroupCommit;
  admission: Admission;
  shares: FairShare;
  limits: RateLimits;
  metrics: Metrics;
  /** Feedback from before this time is refused; epoch ms. */
  earliestCreatedAt?: number;
}

export function createIntake(options: IntakeOptions): Intake {
  const { groupCommit, shares, limits, metrics, earliestCreatedAt } = options;
  const loadShedder = createLoadShedder({ ...options, timeSlicer: createTimeSlicer() });
  const filterPrivacy = createPrivacyFilter(options);
  const newId = createIdGenerator();
  const known = createKnownFeedback(options.storedFeedback);

  return {
    findKnown: async (admitted, { caller }, timeoutMs, isKeyNew) =>
      caller.origins ? { isKnown: [], isComplete: false } : known.find(admitted, timeoutMs, isKeyNew),
    isKeyNew: known.isKeyNew,
    begin: loadShedder.begin,
    async readBody(readJson, { request, response, caller, keyed }, key) {
      let admission = loadShedder.begin(request, caller, key);
      const waitForSlice = (bytes: number) => {
        admission = withBodyLength(admission, bytes);
        return loadShedder.waitForSlice(admission);
      };
      if (keyed) {
        await waitForSlice(keyed.bytes);
        return { body: keyed.value, admission };
      }
      const body = await readJson(request, response, ({ length }) => waitForSlice(length));
      return { body, admission };
    },
    admitAny(values, admission) {
      const isAnyWithinShare = values.some((value) => loadShedder.isWithinShare(orgOf(value, admission.caller)));
      if (!isAnyWithinShare) loadShedder.admitOverflow(admission);
    },
    accept(value, admission, makeId, pointer = '') {
      const { caller } = admission;
      const orgId = orgOf(value, caller);
      const priority = loadShedder.admit(orgId, admission);
      limits.countRecord(caller, orgId);
      const now = Date.now();
      const input = validateFeedback(value, { now, earliest: earliestCreatedAt }, pointer);
      bindToOrg(input, caller, pointer);
      const sentId = input.id;
      const id = sentId ?? makeId?.(input);
      const refusals = filterPrivacy(input, now);
      if (refusals) throw invalidAt(pointer, refusals);
      const feedback = acceptFeedback(input, { id: id ?? newId(), now });
      shares.consume(orgId, performance.now());
      const idSource = sentId !== undefined ? 'sent' : id !== undefined ? 'key' : 'generated';
      return { feedback, priority, bytes: jobBytes(feedback), idSource };
    },
    async commit(admitted, sentBytes) {
      await groupCommit.add(admitted);
      const bytes = totalBytes(admitted);
      options.admission.recordAdmitted({
        isOverflow: admitted.some(({ priority }) => priority > 0),
        bytes,
        // A body can be padded to any size.
        sentBytes: Math.min(sentBytes, bytes),
      });
      metrics.accepted.inc(admitted.length);
      known.remember(admitted);
    },
  };
}

/** The org of a value that is not yet validated; undefined if it has none. */
function orgOf(value: unknown, caller: Caller): string | undefined {
  if (caller.orgId !== null) return caller.orgId;
  const { orgId } = (value ?? {}) as { orgId?: unknown };
  // Bounds the text that is kept for an org; a character takes one or two UTF-16 units.
  return typeof orgId === 'string' && orgId.length <= 2 * MAX_ID_CHARACTERS ? orgId.trim() : undefined;
}

function validateFeedback(
  value: unknown,
  { now, earliest }: { now: number; earliest: number | undefined },
  pointer: string,
): FeedbackInput {
  const { feedback, errors } = checkFeedback(value, now, earliest);
  if (errors) throw invalidAt(pointer, errors);
  return feedback;
}

/** `pointer`: JSON pointer to the feedback in the body. */
const invalidAt = (pointer: string, errors: readonly FieldError[]) =>
  invalid(errors.map((error) => ({ ...error, pointer: pointer + error.pointer })));

/** Fills in the org that the key is bound to. Throws Problem 403 if the feedback names another. */
function bindToOrg(feedback: FeedbackInput, { orgId }: Caller, pointer: string): void {
  if (orgId === null) return;
  if (feedback.orgId !== undefined && feedback.orgId !== orgId)
    throw new Problem(403, 'This key is bound to one org; send its orgId, or leave it out.', {
      errors: [{ pointer: `${pointer}/orgId`, message: 'is not the org that this key is bound to' }],
    });
  feedback.orgId = orgId;
}
