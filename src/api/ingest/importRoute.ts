import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { createItemIds, TooManyItems } from '../../ingest/createItemIds.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import { contentTypeOf, requireUtf8 } from '../http/contentType.ts';
import { invalid, Problem, type ProblemDetails, problemOf } from '../http/problem.ts';
import { bodyStream } from '../http/readBody.ts';
import { importResponseSchema } from '../reading/readingSchemas.ts';
import { Reply, type Route, route } from '../route.ts';
import type { RequestAdmission } from './admissionControl.ts';
import { idempotencyKeyOf } from './idempotencyKey.ts';
import { importRows } from './importRows.ts';
import { INGEST_ROUTE, type Intake } from './intake.ts';
import type { TakenFeedback } from './knownFeedback.ts';

/** Lines that are sent to the queue together. */
const CHUNK_LINES = 500;
/** Max milliseconds that the import waits to learn what of a chunk was known. */
const KNOWN_TIMEOUT_MS = 5_000;
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
      'application/x-ndjson': z.string().meta({ description: 'One feedback per line, as JSON.' }),
      'text/csv': z.string().meta({ description: 'A header line with the names of fields; tags separated by ";".' }),
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
  const result: {
    accepted: number;
    duplicates: number | null;
    refused: number;
    adjusted?: number;
    refusals: typeof refusals;
  } = { accepted: 0, duplicates: 0, refused: 0, refusals };
  const itemId = key === undefined ? undefined : createItemIds(key);
  let chunk: TakenFeedback[] = [];
  let lastLine = 0;
  let settledLine = 0;

  async function settle(): Promise<void> {
    const counting = result.duplicates === null ? null : countDuplicates(result.duplicates);
    if (chunk.length > 0) await intake.commit(chunk, 0);
    result.accepted += chunk.length;
    result.duplicates = await counting;
    const adjusted = chunk.filter(({ feedback }) => feedback.sentCreatedAt !== undefined).length;
    if (adjusted > 0) result.adjusted = (result.adjusted ?? 0) + adjusted;
    chunk = [];
    settledLine = lastLine;
  }

  async function countDuplicates(before: number): Promise<number | null> {
    const { isKnown, isComplete } = await intake.findKnown(chunk, admission, KNOWN_TIMEOUT_MS);
    return isComplete ? before + isKnown.filter(Boolean).length : null;
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
        chunk.push(intake.accept(value, admission, itemId));
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
    if (error instanceof TooManyItems) {
      // Sends what was accepted, so that the next import can begin after a known line.
      await settle();
      throw tooManyItems(settledLine, result.accepted);
    }
    const problem = problemOf(error);
    throw problem.status === 500 ? error : stoppedEarly(problem, { ...result, line: settledLine, key });
  }
}

const tooManyItems = (line: number, accepted: number) =>
  new Problem(
    413,
    `There are too many different lines without an id for one Idempotency-Key. All lines up to line ${line} are settled, ${accepted} feedback accepted. Continue after that line with another Idempotency-Key, or give every line an id.`,
    { headers: { connection: 'close' } },
  );

/**
 * Adds to a problem how far the import came, and how to continue. Under a key, the rest of a file must not be sent alone:
 * a line that equals a settled one would be taken for it.
 */
function stoppedEarly(
  { status, message, errors, headers }: Problem,
  { accepted, line, key }: { accepted: number; line: number; key: string | undefined },
): Problem {
  const next =
    key === undefined
      ? 'Continue after that line. Lines with ids can also be sent again: they count once.'
      : 'Send the whole import again with the same Idempotency-Key: settled lines count once.';
  const progress =
    line > 0
      ? ` The import stopped early. All lines up to line ${line} are settled, ${accepted} feedback accepted. ${next}`
      : '';
  return new Problem(status, `${message}${progress}`, {
    ...(errors && { errors }),
    // The rest of the body is not read.
    headers: { ...headers, connection: 'close' },
  });
}
