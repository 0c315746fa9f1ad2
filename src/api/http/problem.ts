import type { ServerResponse } from 'node:http';
import type { FieldError } from '../../ingest/fieldErrors.ts';
import { TooMuchWaiting } from '../../ingest/groupCommit.ts';
import type { RefusalReason } from '../../metrics/metrics.ts';
import { isOutage, isOverdue } from '../../models/mongodb/errors.ts';
import { QueueUnavailable } from '../../queues/connect.ts';
import { jsonMessage } from './sendJson.ts';

/** RFC 9457 problem details. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: FieldError[];
  /** further members, see `problemSchema` */
  [member: string]: unknown;
}

export const TITLES = {
  400: 'The request is invalid',
  401: 'Authentication is required',
  403: 'The caller may not do this',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'The request arrived too slowly',
  409: 'The request conflicts with the current state',
  413: 'The body is too large',
  415: 'The media type of the body is not supported',
  429: 'Too many requests',
  431: 'The headers are too large',
  500: 'Internal error',
  503: 'Temporarily unavailable',
} as const;

export type ProblemStatus = keyof typeof TITLES;

/** A refusal, as the client sees it: the only error that handlers throw on purpose. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: ProblemStatus;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string>;
  /** reason in the metric of refusals, if the status alone does not tell */
  readonly reason: RefusalReason | undefined;
  /** further members of the JSON object (RFC 9457, section 3.2), see `problemSchema` */
  readonly members: object | undefined;

  constructor(
    status: ProblemStatus,
    detail: string,
    more: { errors?: FieldError[]; headers?: Record<string, string>; reason?: RefusalReason; members?: object } = {},
  ) {
    // A stack trace is of no use here, and takes ten times as long as the rest of a refusal.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(detail);
    Error.stackTraceLimit = stackTraceLimit;
    this.status = status;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
    this.reason = more.reason;
    this.members = more.members;
  }

  details(): ProblemDetails {
    return {
      type: 'about:blank',
      title: TITLES[this.status],
      status: this.status,
      detail: this.message,
      ...(this.errors && { errors: this.errors }),
      ...this.members,
    };
  }
}

export function invalid(errors: FieldError[]): Problem {
  const fields = errors.map((error) => error.pointer || 'the body').join(', ');
  return new Problem(400, `Invalid or missing: ${fields}. Nothing was stored.`, { errors });
}

const RETRY_AFTER_SECONDS = 2;

/** The problem that an error is reported as. An unknown error is a 500 without details. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const later = { headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } };
  if (error instanceof TooMuchWaiting)
    return new Problem(503, 'Too much feedback is waiting in this process. Send it again, with the same id.', later);
  if (error instanceof QueueUnavailable)
    return new Problem(
      503,
      'The queue is unavailable, so the feedback may be lost. Send it again, with the same id.',
      later,
    );
  if (isOverdue(error))
    return new Problem(
      503,
      'This took too long to read. Ask for less, such as for a shorter time, or try later.',
      later,
    );
  if (isOutage(error)) return new Problem(503, 'The database is unavailable. Try again.', later);
  return new Problem(500, 'An internal error occurred; it has been logged.');
}

export function sendProblem(response: ServerResponse, problem: Problem): void {
  const { headers, text } = problemMessage(problem);
  response.writeHead(problem.status, headers).end(text);
}

/** A problem as JSON text, with its headers. */
export function problemMessage(problem: Problem, headers: Record<string, string> = {}) {
  const type = { 'content-type': 'application/problem+json' };
  return jsonMessage(problem.details(), { ...problem.headers, ...type, ...headers });
}
