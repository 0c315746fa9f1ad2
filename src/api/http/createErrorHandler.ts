import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Metrics, RefusalReason } from '../../metrics/metrics.ts';
import { problemOf, sendProblem } from './problem.ts';

export type SendError = (error: unknown, request: IncomingMessage, response: ServerResponse) => void;

/** Answers a request with the problem of an error. Counts refused POST requests, and logs internal errors. */
export function createErrorHandler({ metrics, log }: { metrics: Metrics; log: Logger }): SendError {
  return (error, request, response) => {
    const problem = problemOf(error);
    if (problem.status === 500) log.error({ err: error }, 'a request failed');
    if (request.method === 'POST')
      metrics.refused.inc({ reason: problem.reason ?? REJECTION_REASONS[problem.status] ?? 'invalid' });
    if (response.headersSent) response.destroy();
    else sendProblem(response, problem);
    // The rest of the body is discarded, so that the connection can be used again.
    if (!request.readableEnded) request.resume();
  };
}

/** Label of the metric of refusals, by status. */
const REJECTION_REASONS: Partial<Record<number, RefusalReason>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  408: 'too_slow',
  409: 'conflict',
  413: 'too_large',
  415: 'unsupported_type',
  429: 'backlog',
  500: 'internal',
  503: 'unavailable',
};
