import type { ServerResponse } from 'node:http';
import type { FieldError } from '../../ingest/fieldErrors.ts';
import { TooMuchWaiting } from '../../ingest/groupCommit.ts';
import { isOutage } from '../../models/mongodb/errors.ts';
import { QueueUnavailable } from '../../queues/connect.ts';
import { jsonMessage } from './sendJson.ts';

/** RFC 9457 problem details. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: FieldError[];
}

export const TITLES = {
  400: 'The request is not valid',
  401: 'A key is needed',
  403: 'The key does not allow this',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'It came too slowly',
  409: 'It has changed since',
  413: 'The body is too large',
  415: 'The type of the body is not supported',
  429: 'Too much at once',
  431: 'The headers are too large',
  500: 'Something went wrong here',
  503: 'Not available right now',
} as const;

export type ProblemStatus = keyof typeof TITLES;

/** A refusal, as the client sees it. The one kind of error that routes throw. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: ProblemStatus;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string>;
  /** for the metric of what was refused, where the status does not say it */
  readonly reason: string | undefined;

  constructor(
    status: ProblemStatus,
    detail: string,
    more: { errors?: FieldError[]; headers?: Record<string, string>; reason?: string } = {},
  ) {
    // Where a refusal was made says nothing to anybody, and costs ten times the rest of it to find out.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(detail);
    Error.stackTraceLimit = stackTraceLimit;
    this.status = status;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
    this.reason = more.reason;
  }

  details(): ProblemDetails {
    return {
      type: 'about:blank',
      title: TITLES[this.status],
      status: this.status,
      detail: this.message,
      ...(this.errors && { errors: this.errors }),
    };
  }
}

export function invalid(errors: FieldError[]): Problem {
  const fields = errors.map((error) => error.pointer || 'the body').join(', ');
  return new Problem(400, `Wrong or missing: ${fields}. Nothing of it was stored.`, { errors });
}

const RETRY_AFTER_SECONDS = 2;

/** The one place where an error becomes an answer. What it does not know is a fault of ours and says nothing more. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const later = { headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } };
  if (error instanceof TooMuchWaiting)
    return new Problem(
      503,
      'More is waiting than this process can take. Send it again, under the same id.',
      later,
    );
  if (error instanceof QueueUnavailable)
    return new Problem(
      503,
      'The queue is away or took too long, so nothing is promised. Send it again, under the same id.',
      later,
    );
  if (isOutage(error)) return new Problem(503, 'The database is away or took too long. Try again.', later);
  return new Problem(500, 'The fault is ours; it has been logged.');
}

export function sendProblem(response: ServerResponse, problem: Problem): void {
  const { headers, text } = problemHead(problem);
  response.writeHead(problem.status, headers).end(text);
}

/** A problem as it is sent. */
export function problemHead(problem: Problem, more: Record<string, string> = {}) {
  const type = { 'content-type': 'application/problem+json' };
  return jsonMessage(problem.details(), { ...problem.headers, ...type, ...more });
}
