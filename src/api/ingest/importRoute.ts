import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { createItemIds, TooManyItems } from '../../ingest/createItemIds.ts';
import { FileProblem } from '../../ingest/files/fileProblem.ts';
import { type FileFormat, openTable, type Table } from '../../ingest/files/openTable.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import { contentTypeOf } from '../http/contentType.ts';
import { Problem, type ProblemDetails, type ProblemStatus, problemOf } from '../http/problem.ts';
import { bodyStream, limitBytes } from '../http/readBody.ts';
import { importResponseSchema } from '../reading/readingSchemas.ts';
import { Reply, type Route, route } from '../route.ts';
import type { RequestAdmission } from './admissionControl.ts';
import { idempotencyKeyOf } from './idempotencyKey.ts';
import { importRows } from './importRows.ts';
import { INGEST_ROUTE, type Intake } from './intake.ts';
import type { TakenFeedback } from './knownFeedback.ts';

/** Lines that are sent to the queue together. */
const CHUNK_LINES = 500;
/** Max milliseconds that the import waits to learn what was known, of its key and of each chunk. */
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
      'application/x-ndjson': z.string().meta({
        description: 'One feedback per line, as JSON.',
        examples: ['{"overallRating":5,"orgId":"acme"}\n{"uxRating":2,"improvements":"The menu is hard to find."}\n'],
      }),
      'text/csv': z.string().meta({
        description:
          'A header line with the names of fields; cells separated by ",", ";" or tabs, tags by ";". UTF-8, UTF-16 or windows-1252.',
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
  const refusals: Counts['refusals'] = [];
  const result: Counts = { accepted: 0, duplicates: 0, refused: 0, refusals };
  const itemId = key === undefined ? undefined : createItemIds(key);
  const isKeyNew = key !== undefined && (await intake.isKeyNew(key, KNOWN_TIMEOUT_MS));
  let settled: Progress = { ...result, settledThroughLine: 0 };
  let chunk: TakenFeedback[] = [];
  let lastLine = 0;

  async function settle(): Promise<void> {
    const counting = result.duplicates === null ? null : countDuplicates(result.duplicates);
    if (chunk.length > 0) await intake.commit(chunk, 0);
    result.accepted += chunk.length;
    result.duplicates = await counting;
    const adjusted = chunk.filter(({ feedback }) => feedback.sentCreatedAt !== undefined).length;
    if (adjusted > 0) result.adjusted = (result.adjusted ?? 0) + adjusted;
    chunk = [];
    settled = { ...result, refusals: [...refusals], settledThroughLine: lastLine };
  }

  async function countDuplicates(before: number): Promise<number | null> {
    const { isKnown, isComplete } = await intake.findKnown(chunk, admission, KNOWN_TIMEOUT_MS, isKeyNew);
    return isComplete ? before + isKnown.filter(Boolean).length : null;
  }

  function refuse(line: number, problem: Problem): void {
    result.refused++;
    metrics.refused.inc({ reason: 'invalid' });
    if (refusals.length < MAX_REPORTED_LINES) refusals.push({ line, problem: problem.details() });
  }

  let table: Table | undefined;
  try {
    table = await openImport(request, importBytes);
    for await (const { line, endLine, value, error } of importRows(table)) {
      try {
        if (error !== undefined) throw unreadableRow(error);
        chunk.push(intake.accept(value, admission, itemId));
      } catch (problem) {
        if (!(problem instanceof Problem) || problem.status === 429) throw problem;
        refuse(line, problem);
      }
      lastLine = endLine;
      const isHopeless = result.refused > MAX_REFUSED_LINES;
      if (chunk.length >= CHUNK_LINES || isHopeless) await settle();
      if (isHopeless) throw new Problem(400, `More than ${MAX_REFUSED_LINES} lines are refused.`);
    }
    await settle();
    const { encoding, delimiter } = table;
    return { ...result, ...(encoding && { encoding }), ...(delimiter && { delimiter }) };
  } catch (error) {
    // Sends what was accepted, so that the next import can begin after a known line.
    if (error instanceof TooManyItems) await settle();
    const problem = importProblemOf(error);
    if (problem.status === 500) throw error;
    const progress = chunk.length > 0 ? settled : { ...result, settledThroughLine: lastLine };
    throw stoppedEarly(problem, progress, nextStep(error, key));
  } finally {
    await table?.close();
  }
}

const unreadableRow = (error: string) =>
  new Problem(400, `The row ${error}. Nothing of it was stored.`, { errors: [{ pointer: '', message: error }] });

const FORMATS = new Map<string, FileFormat>([
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
  ['application/jsonl', 'ndjson'],
  ['text/csv', 'csv'],
  ['text/tab-separated-values', 'csv'],
]);

/** Opens the body as rows. Throws Problem 400, 413 or 415, or FileProblem. */
async function openImport(request: IncomingMessage, importBytes: number): Promise<Table> {
  const { type, charset } = contentTypeOf(request);
  const format = FORMATS.get(type);
  if (!format) throw new Problem(415, 'Content-Type must be application/x-ndjson or text/csv.');
  const bytes = readable(limitBytes(importBytes, bodyStream(request, importBytes)));
  return openTable(bytes, { format, charset, maxBytes: importBytes });
}

const STATUSES: Record<FileProblem['kind'], ProblemStatus> = { unreadable: 400, tooLarge: 413, wrongType: 415 };

function importProblemOf(error: unknown): Problem {
  if (error instanceof FileProblem) return new Problem(STATUSES[error.kind], error.message);
  if (error instanceof TooManyItems)
    return new Problem(413, 'There are too many different lines without an id for one Idempotency-Key.');
  return problemOf(error);
}

/** How to continue. Under a key, the rest of a file must not be sent alone: a line that equals a settled one has its id. */
function nextStep(error: unknown, key: string | undefined): string {
  if (error instanceof TooManyItems) return 'Continue after that line with another Idempotency-Key.';
  return key === undefined
    ? 'Continue after that line. Lines with ids can also be sent again: they count once.'
    : 'Send the whole import again with the same Idempotency-Key: settled lines count once.';
}

/** Errors of the stream, such as those of zlib, become a Problem. */
async function* readable(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* bytes;
  } catch (error) {
    if (error instanceof Problem) throw error;
    const reason = String((error as Error).message).slice(0, 200);
    throw new Problem(400, `The body could not be read to its end: ${reason}.`);
  }
}

interface Counts {
  accepted: number;
  duplicates: number | null;
  refused: number;
  adjusted?: number;
  refusals: { line: number; problem: ProblemDetails }[];
}

/** How far an import came: settled lines need not be sent again. */
interface Progress extends Counts {
  settledThroughLine: number;
}

/** Adds to a problem how far the import came, and how to continue. */
function stoppedEarly(
  { status, message, errors, headers, reason }: Problem,
  progress: Progress,
  next: string,
): Problem {
  const { accepted, refused, settledThroughLine } = progress;
  const prose =
    settledThroughLine > 0
      ? `The import stopped early. All lines up to line ${settledThroughLine} are settled, ${accepted} feedback accepted, ${refused} lines refused. ${next}`
      : 'Nothing was stored.';
  return new Problem(status, `${message.replace(/ Nothing was stored\.$/, '')} ${prose}`, {
    ...(errors && { errors }),
    ...(reason !== undefined && { reason }),
    // The rest of the body is not read.
    headers: { ...headers, connection: 'close' },
    members: progress,
  });
}
