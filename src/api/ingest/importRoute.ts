import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { AdmittedFeedback } from '../../ingest/groupCommit.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import { contentTypeOf, requireUtf8 } from '../http/contentType.ts';
import { invalid, Problem, type ProblemDetails, problemOf } from '../http/problem.ts';
import { bodyStream } from '../http/readBody.ts';
import { importResponseSchema } from '../reading/readingSchemas.ts';
import { Reply, type Route, route } from '../route.ts';
import type { RequestAdmission } from './admissionControl.ts';
import { idempotencyKeyOf, itemId } from './idempotencyKey.ts';
import { importRows } from './importRows.ts';
import { INGEST_ROUTE, type Intake } from './intake.ts';

/** Lines that are sent to the queue together. */
const CHUNK_LINES = 500;
/** Max refused lines in one import. */
const MAX_REFUSED_LINES = 10_000;
/** Max refused lines that the response names. */
const MAX_REPORTED_LINES = 100;

interface ImportOptions {
  intake: Intake;
  metrics: Metrics;
  /** max bytes of one import, decompressed */
  importBytes: number;
}

export function importRoute(options: ImportOptions): Route {
  const { intake, importBytes } = options;
  return route('POST /v1/feedback/import', {
    ...INGEST_ROUTE,
    summary: `Send feedback as a stream, up to ${importBytes} bytes; gzip allowed`,
    content: {
      'application/x-ndjson': z.string().meta({
        description: 'One feedback per line, as JSON.',
        examples: ['{"overallRating":5,"orgId":"acme"}\n{"uxRating":2,"improvements":"The menu is hard to find."}\n'],
      }),
      'text/csv': z.string().meta({
        description: 'A header line with the names of fields; tags separated by ";".',
        examples: ['orgId,overallRating,improvements,tags\nacme,4,"Slow, but kind.",coach-led;mobile\n'],
      }),
    },
    responses: {
      202: { description: 'All accepted', schema: importResponseSchema },
      207: { description: 'Some refused', schema: importResponseSchema },
    },
    async handle({ caller, request }) {
      const key = idempotencyKeyOf(request);
      // An import needs no reservation: one that is cut short is continued after its last settled line.
      const admission = intake.begin(request, caller, undefined);
      const result = await importAll(request, { ...options, admission, key });
      return new Reply(result.refused > 0 ? 207 : 202, result);
    },
  });
}

/**
 * Accepts lines chunk by chunk. Waits for the queue before it reads on (back-pressure), so memory stays flat.
 *
 * @returns the body of the response, see `importResponseSchema`
 * @throws Problem that says which lines are settled, if the import stops early
 */
async function importAll(
  request: IncomingMessage,
  options: ImportOptions & { admission: RequestAdmission; key: string | undefined },
) {
  const { intake, metrics, importBytes, admission, key } = options;
  const refusals: { line: number; problem: ProblemDetails }[] = [];
  const result: { accepted: number; refused: number; adjusted?: number; refusals: typeof refusals } = {
    accepted: 0,
    refused: 0,
    refusals,
  };
  let chunk: AdmittedFeedback[] = [];
  let lastLine = 0;
  let settledLine = 0;

  async function settle(): Promise<void> {
    if (chunk.length > 0) await intake.commit(chunk, 0);
    result.accepted += chunk.length;
    const adjusted = chunk.filter(({ feedback }) => feedback.sentCreatedAt !== undefined).length;
    if (adjusted > 0) result.adjusted = (result.adjusted ?? 0) + adjusted;
    chunk = [];
    settledLine = lastLine;
  }

  function refuse(line: number, problem: Problem): void {
    if (++result.refused > MAX_REFUSED_LINES)
      throw new Problem(400, `More than ${MAX_REFUSED_LINES} lines are refused.`);
    metrics.refused.inc({ reason: 'invalid' });
    if (refusals.length < MAX_REPORTED_LINES) refusals.push({ line, problem: problem.details() });
  }

  try {
    const contentType = contentTypeOf(request);
    requireUtf8(contentType, 'an import');
    const rows = importRows(bodyStream(request, importBytes), contentType.type, importBytes);
    for await (const { line, value, error } of rows) {
      try {
        if (error !== undefined) throw invalid([{ pointer: '', message: error }]);
        chunk.push(intake.accept(value, admission, itemId(key, line)));
      } catch (problem) {
        if (!(problem instanceof Problem) || problem.status === 429) throw problem;
        refuse(line, problem);
      }
      lastLine = line;
      if (chunk.length >= CHUNK_LINES) await settle();
    }
    await settle();
    return result;
  } catch (error) {
    const problem = problemOf(error);
    throw problem.status === 500 ? error : stoppedEarly(problem, result.accepted, settledLine);
  }
}

/** Adds to a problem how far the import came: settled lines need not be sent again. */
function stoppedEarly({ status, message, errors, headers }: Problem, accepted: number, line: number): Problem {
  const progress =
    line > 0
      ? ` The import stopped early. All lines up to line ${line} are settled, ${accepted} feedback accepted. Continue after that line, or send the whole import again with the same ids.`
      : '';
  return new Problem(status, `${message}${progress}`, {
    ...(errors && { errors }),
    // The rest of the body is not read.
    headers: { ...headers, connection: 'close' },
  });
}
