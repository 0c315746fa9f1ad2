import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import {
  type AcceptedFeedback,
  acceptFeedback,
  checkFeedback,
  feedbackSchema,
} from '../../ingest/feedbackSchema.ts';
import { MAX_UNKNOWN_FIELDS } from '../../ingest/fieldErrors.ts';
import type { GroupCommit } from '../../ingest/groupCommit.ts';
import { createIdGenerator } from '../../ingest/idGenerator.ts';
import { idSchema, MAX_ID_CHARACTERS } from '../../ingest/ids.ts';
import { jobBytes } from '../../ingest/job.ts';
import type { Admission } from '../../ingest/overload/admission.ts';
import type { FairShare } from '../../ingest/overload/fairShare.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { ActiveSettings } from '../../models/settings/activeSettings.ts';
import type { Caller } from '../caller.ts';
import { invalid, Problem, problemOf } from '../http/problem.ts';
import { bodyStream, createJsonReader, mediaTypeOf } from '../http/readBody.ts';
import type { RateLimits } from '../rateLimits.ts';
import { acceptedSchema, batchResponseSchema, importResponseSchema } from '../reading/readingSchemas.ts';
import { Reply, type Route, route } from '../route.ts';
import { createLoadShedder, type RequestAdmission } from './admissionControl.ts';
import { importRows } from './importRows.ts';
import { createPrivacyFilter } from './privacyFilter.ts';
import type { Pseudonym } from './pseudonyms.ts';
import { createTimeSlicer } from './timeSlices.ts';

export const BODY_LIMITS = { feedback: 256 * 1024, batch: 16 * 1024 * 1024, batchFeedback: 1_000 } as const;
/** Of JSON bodies in memory at once, over all requests to the route: slow senders of large ones leave room for small ones. */
const HELD_BYTES = { feedback: 16 * 1024 * 1024, batch: 24 * 1024 * 1024 } as const;
const IMPORT_CHUNK = 500;
/** Time for a single feedback to come; batches, which may be large, have longer. */
const FEEDBACK_MS = 10_000;
/** An import with more refused lines than this is no import. */
const MAX_REFUSALS = 10_000;
const REPORTED_REFUSALS = 100;

export interface IngestOptions {
  groupCommit: GroupCommit;
  admission: Admission;
  shares: FairShare;
  limits: RateLimits;
  settings: Pick<ActiveSettings, 'of'>;
  pseudonym: Pseudonym;
  metrics: Metrics;
  /** bytes of one import, inflated */
  importBytes: number;
}

/** What the id of a batch's or an import's item begins with leaves room for the number behind it. */
const MAX_KEY_CHARACTERS = 112;

const headers = z.object({
  'idempotency-key': idSchema
    .max(MAX_KEY_CHARACTERS)
    .meta({
      description:
        'The id of a single feedback that has none; with a batch or an import, what the ids of its items begin with. What is refused with 429 is recognised by it when it comes again, and finds the room that was kept for it (not an import).',
    })
    .optional(),
});

/** The routes that take feedback in. Each answers only when the queue has what it took. */
export function ingestRoutes(options: IngestOptions): Route[] {
  const { groupCommit, admission, limits, metrics, importBytes } = options;
  const gate = createLoadShedder({ ...options, timeSlicer: createTimeSlicer() });
  const protect = createPrivacyFilter(options);
  const newId = createIdGenerator();
  const readFeedback = createJsonReader({
    maxBytes: BODY_LIMITS.feedback,
    maxHeldBytes: HELD_BYTES.feedback,
    maxMs: FEEDBACK_MS,
  });
  const readBatch = createJsonReader({ maxBytes: BODY_LIMITS.batch, maxHeldBytes: HELD_BYTES.batch });

  function orgOf(value: unknown, caller: Caller): string | undefined {
    const { orgId } = (value ?? {}) as { orgId?: unknown };
    return caller.orgId ?? (typeof orgId === 'string' && isIdLong(orgId) ? orgId : undefined);
  }

  const hasRoomFor = (value: unknown, caller: Caller) => gate.isWithinShare(orgOf(value, caller));

  function accept(
    value: unknown,
    entrance: RequestAdmission,
    defaultId: string | undefined,
    at = '',
  ): AcceptedFeedback {
    const { caller } = entrance;
    // Before anything else: under a flood most is refused, and refusing is to cost little.
    gate.shedIfFull(hasRoomFor(value, caller), entrance);
    limits.countRecord(caller, orgOf(value, caller));
    const now = Date.now();
    const { feedback, errors } = checkFeedback(value, now);
    if (errors) throw invalid(errors.map((error) => ({ ...error, pointer: at + error.pointer })));
    if (caller.orgId !== null) {
      if (feedback.orgId !== undefined && feedback.orgId !== caller.orgId)
        throw new Problem(403, 'This key is bound to one org; send its orgId, or leave it out.', {
          errors: [{ pointer: `${at}/orgId`, message: 'is not the org that this key is bound to' }],
        });
      feedback.orgId = caller.orgId;
    }
    protect(feedback, now, at);
    const id = feedback.id ?? defaultId ?? newId();
    return acceptFeedback(feedback, { id, now, ...(caller.orgId !== null && { namespace: caller.orgId }) });
  }

  async function commit(accepted: AcceptedFeedback[], { isOverflow }: RequestAdmission, sentBytes: number) {
    await groupCommit.add(accepted);
    const bytes = accepted.reduce((sum, one) => sum + jobBytes(one), 0);
    // What is sent may be blown up at will.
    admission.recordAdmitted({ isOverflow, bytes, sentBytes: Math.min(sentBytes, bytes) });
    metrics.accepted.inc(accepted.length);
  }

  const common = { method: 'post', scope: 'ingest', headers, errors: [400, 408, 413, 415] } as const;
  return [
    route({
      ...common,
      cors: true,
      path: '/v1/feedback',
      summary: 'Send one feedback',
      content: { 'application/json': feedbackSchema },
      responses: { 202: { description: 'Accepted', schema: acceptedSchema } },
      async handle({ caller, request, response }) {
        const idempotencyKey = idempotencyKeyOf(request);
        const entrance = gate.begin(request, caller, idempotencyKey);
        const body = await readFeedback(request, response, (bytes) => gate.shedBody(bytes, entrance));
        const accepted = accept(body, entrance, idempotencyKey);
        limits.setRecordHeaders(caller, response);
        await commit([accepted], entrance, entrance.bytes);
        return { id: accepted.id, status: 'accepted' };
      },
    }),
    route({
      ...common,
      cors: true,
      path: '/v1/feedback/batch',
      summary: `Send up to ${BODY_LIMITS.batchFeedback} feedback`,
      content: {
        'application/json': z.strictObject({
          feedback: z.array(feedbackSchema).min(1).max(BODY_LIMITS.batchFeedback),
        }),
      },
      responses: {
        202: { description: 'All accepted', schema: batchResponseSchema },
        207: { description: 'Some refused', schema: batchResponseSchema },
      },
      async handle({ caller, request, response }) {
        const prefix = idempotencyKeyOf(request);
        const entrance = gate.begin(request, caller, prefix);
        const body = await readBatch(request, response, (bytes) => gate.shedBody(bytes, entrance));
        const items = batchItems(body);
        const accepted: AcceptedFeedback[] = [];
        if (items.every((item) => !hasRoomFor(item, caller))) gate.shedIfFull(false, entrance);
        let overLimit: Problem | undefined;
        const results = items.map((item, index) => {
          try {
            const one = accept(item, entrance, numbered(prefix, index), `/feedback/${index}`);
            accepted.push(one);
            return { index, id: one.id, status: 'accepted' };
          } catch (error) {
            if (!(error instanceof Problem)) throw error;
            if (error.status === 429) overLimit ??= error;
            return { index, status: 'refused', problem: error.details() };
          }
        });
        if (accepted.length > 0) await commit(accepted, entrance, entrance.bytes);
        else if (overLimit) throw overLimit;
        limits.setRecordHeaders(caller, response);
        const refused = items.length - accepted.length;
        if (refused > 0) metrics.refused.inc({ reason: 'invalid' }, refused);
        return new Reply(refused > 0 ? 207 : 202, { accepted: accepted.length, refused, results });
      },
    }),
    route({
      ...common,
      path: '/v1/feedback/import',
      summary: `Send feedback as a stream, up to ${importBytes} bytes; gzip allowed`,
      content: {
        'application/x-ndjson': z.string().meta({ description: 'One feedback a line, as JSON.' }),
        'text/csv': z
          .string()
          .meta({ description: 'A header line with names of fields; tags separated by ";".' }),
      },
      responses: {
        202: { description: 'All accepted', schema: importResponseSchema },
        207: { description: 'Some refused', schema: importResponseSchema },
      },
      async handle({ caller, request }) {
        const prefix = idempotencyKeyOf(request);
        // An import that is cut short goes on where it was: it needs no place.
        const entrance = gate.begin(request, caller, undefined);
        const answer = { accepted: 0, refused: 0, refusals: [] as unknown[] };
        let chunk: AcceptedFeedback[] = [];
        let settledLine = 0;
        const send = async (line: number) => {
          if (chunk.length > 0) await commit(chunk, entrance, 0);
          answer.accepted += chunk.length;
          chunk = [];
          settledLine = line;
        };
        try {
          let lastLine = 0;
          // Nothing more is read while a chunk is on its way to the queue, so memory stays flat and the client slows down.
          for await (const { line, value, error } of importRows(
            bodyStream(request, importBytes),
            mediaTypeOf(request),
            importBytes,
          )) {
            try {
              if (error !== undefined) throw invalid([{ pointer: '', message: error }]);
              chunk.push(accept(value, entrance, numbered(prefix, line)));
            } catch (error) {
              if (!(error instanceof Problem) || error.status === 429) throw error;
              if (++answer.refused > MAX_REFUSALS)
                throw new Problem(400, `More than ${MAX_REFUSALS} lines are refused.`);
              metrics.refused.inc({ reason: 'invalid' });
              if (answer.refusals.length < REPORTED_REFUSALS)
                answer.refusals.push({ line, problem: error.details() });
            }
            lastLine = line;
            if (chunk.length >= IMPORT_CHUNK) await send(line);
          }
          await send(lastLine);
        } catch (error) {
          const problem = problemOf(error);
          throw problem.status === 500 ? error : stoppedShort(problem, answer.accepted, settledLine);
        }
        return new Reply(answer.refused > 0 ? 207 : 202, answer);
      },
    }),
  ];
}

/** Before it is checked to be an id: what is longer than any is nothing to count by. */
const isIdLong = (text: string) => text.length <= MAX_ID_CHARACTERS;

/** What ended an import before its end, with how far it came: what is settled needs not be sent again. */
function stoppedShort(problem: Problem, accepted: number, line: number): Problem {
  const { status, message, errors } = problem;
  // What is left of the body is not waited for.
  const headers = { ...problem.headers, connection: 'close' };
  const progress =
    line > 0 &&
    ` The import stopped short: all up to line ${line} is settled, ${accepted} feedback accepted. Go on after that line, or send all of it again under the same ids.`;
  return new Problem(status, `${message}${progress || ''}`, { ...(errors && { errors }), headers });
}

function batchItems(body: unknown): unknown[] {
  const { feedback, ...rest } = (body ?? {}) as { feedback?: unknown };
  const unknown = Object.keys(rest).slice(0, MAX_UNKNOWN_FIELDS);
  const errors = unknown.map((key) => ({
    pointer: `/${key.slice(0, 200).toWellFormed()}`,
    message: 'is not a field; the field is feedback',
  }));
  if (!Array.isArray(feedback) || feedback.length < 1 || feedback.length > BODY_LIMITS.batchFeedback)
    errors.push({
      pointer: '/feedback',
      message: `must be a list of 1 to ${BODY_LIMITS.batchFeedback} feedback`,
    });
  if (errors.length > 0) throw invalid(errors);
  return feedback as unknown[];
}

/** The id of a single feedback, or what the ids of a batch or an import begin with. */
function idempotencyKeyOf(request: IncomingMessage): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  const parsed = idSchema.safeParse(key);
  if (!parsed.success || parsed.data.length > MAX_KEY_CHARACTERS)
    throw new Problem(
      400,
      `Idempotency-Key must be 1 to ${MAX_KEY_CHARACTERS} visible characters, without spaces.`,
    );
  return parsed.data;
}

const numbered = (prefix: string | undefined, number: number) =>
  prefix === undefined ? undefined : `${prefix}.${number}`;
