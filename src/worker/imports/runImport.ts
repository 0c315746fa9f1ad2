import { setImmediate } from 'node:timers/promises';
import { createItemIds, TooManyItems } from '../../ingest/createItemIds.ts';
import { acceptFeedback } from '../../ingest/feedbackSchema.ts';
import { FileProblem } from '../../ingest/files/fileProblem.ts';
import { openTable, type Table } from '../../ingest/files/openTable.ts';
import { undoGzip } from '../../ingest/files/undoGzip.ts';
import { UnfitMapping } from '../../ingest/imports/checkColumns.ts';
import { createFeedbackCheck } from '../../ingest/imports/createFeedbackCheck.ts';
import { createRowChecker } from '../../ingest/imports/createRowChecker.ts';
import type { ImportMapping } from '../../ingest/imports/importMapping.ts';
import type { PrivacyFilter } from '../../ingest/privacyFilter.ts';
import { readImportFile } from '../../models/imports/importFiles.ts';
import type { ImportDocument } from '../../models/imports/importSchema.ts';
import { endImport } from '../../models/imports/imports.ts';
import type { BackgroundContext } from '../startBackgroundWorker.ts';
import { type ReadRow, type StoreRowsOptions, storeRows } from './storeRows.ts';
import { trackBytes } from './trackBytes.ts';

export interface RunImportOptions extends StoreRowsOptions {
  filterPrivacy: PrivacyFilter;
  /** earliest time of a feedback that is taken, in epoch milliseconds */
  earliestMs: number;
  /** max bytes of a file, decompressed */
  maxBytes: number;
  /** Whether feedback of apps is being stored. An import then leaves it its share of the time. */
  isBusy(): boolean;
}

/** Max rows, and max characters of texts, in one transaction. */
const CHUNK = { rows: 500, characters: 1_000_000 };
/** Max refused rows of one import. One with more has a wrong mapping, and stops. */
export const MAX_REFUSED_ROWS = 10_000;

/** More rows are refused than an import may have. */
class TooManyRefusals extends Error {}

/**
 * Runs an import from the row at which its progress stands to its end. It reads the rows before that again, and stores
 * none of them, since ids of equal rows depend on the number of such rows before.
 *
 * 1. Read the next rows, and check each as posted feedback is checked.
 * 2. Store a chunk of them, together with the progress of the import.
 * 3. Pause, so that live ingest keeps its share, and continue at 1.
 * 4. At the end of the file, or at a fault of the file as a whole, end the import and delete its file.
 *
 * @returns whether it ended; false if the worker is stopping
 * @throws ImportMoved, and errors of the stores
 */
export async function runImport(
  document: ImportDocument,
  options: RunImportOptions,
  context: BackgroundContext,
): Promise<boolean> {
  const { models, metrics, maxBytes, isBusy } = options;
  const { _id: importId } = document;
  const bytes = trackBytes(readImportFile(models, importId));
  let { refused } = document.counts;
  let chunk: ReadRow[] = [];
  let characters = 0;
  let savedMs = performance.now();

  async function settle(): Promise<void> {
    const startMs = performance.now();
    if (chunk.length > 0) {
      const reading = { bytesRead: bytes.count(), tookMs: startMs - savedMs };
      refused += (await storeRows(importId, chunk, reading, options)).refused;
      savedMs = startMs;
      chunk = [];
      characters = 0;
    }
    if (refused > MAX_REFUSED_ROWS) throw new TooManyRefusals();
  }

  try {
    const table = await openTable(await undoGzip(bytes), { ...document.fileOptions, maxBytes });
    let workedMs = performance.now();
    for await (const row of readRows(table, document, options, context.isStopping)) {
      chunk.push(row);
      characters += row.feedback?.improvements?.length ?? 0;
      if (chunk.length < CHUNK.rows && characters < CHUNK.characters) continue;
      await settle();
      if (context.isStopping()) return false;
      await context.pause(isBusy() ? context.pauseAfter(performance.now() - workedMs) : 0);
      workedMs = performance.now();
    }
    if (context.isStopping()) return false;
    await settle();
    if (await endImport(models, importId, { state: 'done' })) metrics.imports.inc({ outcome: 'done' });
  } catch (error) {
    bytes.throwIfFailed();
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    // The rows before a fault of the file are sound.
    if (error instanceof FileProblem) await settle();
    if (await endImport(models, importId, { state: 'failed', failure })) metrics.imports.inc({ outcome: 'failed' });
  }
  return true;
}

/** Settled rows that are read between two turns of the event loop. */
const SKIPPED_AT_ONCE = 500;

/** The rows that are not settled yet, checked. Ends early if the worker is stopping. */
async function* readRows(
  table: Table,
  { _id: importId, orgId, key, createdAt, counts, mapping }: ImportDocument,
  { filterPrivacy, earliestMs }: RunImportOptions,
  isStopping: () => boolean,
): AsyncGenerator<ReadRow> {
  const acceptedAtMs = createdAt.getTime();
  let number = 0;
  const idOf = key === null ? () => `${importId}.${number}` : createItemIds(key);
  const checkFeedback = createFeedbackCheck({ orgId, filterPrivacy, acceptedAtMs, earliestMs, idOf });
  const checkRow = createRowChecker(JSON.parse(mapping) as ImportMapping, table.columns, checkFeedback);
  for await (const row of table.rows) {
    const { feedback, errors, isSkipped } = checkRow(row);
    const position = { number: number++, line: row.line };
    if (position.number < counts.rows) {
      if (number % SKIPPED_AT_ONCE === 0) await setImmediate();
      if (isStopping()) return;
      continue;
    }
    if (isSkipped) yield position;
    else if (errors) yield { ...position, faults: errors.map(({ column, message }) => ({ column, message })) };
    else yield { ...position, feedback: acceptFeedback(feedback, { id: feedback.id!, now: acceptedAtMs }) };
  }
}

/** The reason for which an import fails; undefined if the file and its mapping are not to blame. */
function failureOf(error: unknown): string | undefined {
  if (error instanceof TooManyRefusals)
    return `More than ${MAX_REFUSED_ROWS} rows are refused. Mend the mapping, undo this import, and send the file again.`;
  if (error instanceof FileProblem || error instanceof UnfitMapping) return error.message;
  if (error instanceof TooManyItems) return `${error.message}. Split the file, or map a column to id.`;
  return undefined;
}
