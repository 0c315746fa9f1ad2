import { setImmediate } from 'node:timers/promises';
import type { AcceptedFeedback } from '../../ingest/feedbackSchema.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { Models } from '../../models/database.ts';
import type { FeedbackDocument } from '../../models/feedback/feedbackDocument.ts';
import type { BatchWriter } from '../../models/feedback/storeBatch.ts';
import { ImportMoved, type RefusedRow, saveProgress } from '../../models/imports/importProgress.ts';
import { type ImportCounts, NOTHING_READ, type RowFault } from '../../models/imports/importSchema.ts';
import { isOutage } from '../../models/mongodb/errors.ts';
import { type PrepareOptions, prepareDocuments } from '../prepareDocuments.ts';

/** A row that was read: its feedback or its faults; neither, if the mapping skips it. */
export interface ReadRow {
  /** position among the rows of the file, from 0 */
  number: number;
  line: number;
  feedback?: AcceptedFeedback;
  faults?: RowFault[];
}

export interface StoreRowsOptions {
  models: Models;
  writer: BatchWriter;
  prepare: PrepareOptions;
  metrics: Metrics;
}

/** Rows analysed between two turns of the event loop, so that an API in the same process answers meanwhile. */
const SLICE_ROWS = 25;

/**
 * Stores consecutive rows of an import, with its progress, in one transaction. After an error that is not an outage, it
 * halves them, until the row that cannot be stored is alone and refused.
 *
 * @param reading how far the file was read; `tookMs`: time since the last call
 * @returns the counts of the rows
 * @throws ImportMoved if the import is no longer where the rows begin; nothing more is stored then
 */
export async function storeRows(
  importId: string,
  rows: readonly ReadRow[],
  reading: { bytesRead: number; tookMs: number },
  options: StoreRowsOptions,
): Promise<ImportCounts> {
  try {
    return await storeTogether(importId, rows, reading, options);
  } catch (error) {
    const [only, ...others] = rows;
    if (isOutage(error) || error instanceof ImportMoved || !only) throw error;
    if (others.length === 0) {
      if (only.faults) throw error;
      const { number, line } = only;
      const faults = [{ column: null, message: 'cannot be stored; leave the row out, and report it' }];
      return storeTogether(importId, [{ number, line, faults }], reading, options);
    }
    const half = Math.ceil(rows.length / 2);
    const first = await storeRows(importId, rows.slice(0, half), reading, options);
    const second = await storeRows(importId, rows.slice(half), { ...reading, tookMs: 0 }, options);
    return addCounts(first, second);
  }
}

async function storeTogether(
  importId: string,
  rows: readonly ReadRow[],
  { bytesRead, tookMs }: { bytesRead: number; tookMs: number },
  { models, writer, prepare, metrics }: StoreRowsOptions,
): Promise<ImportCounts> {
  const documents: FeedbackDocument[] = [];
  const refusals: RefusedRow[] = [];
  for (let offset = 0; offset < rows.length; offset += SLICE_ROWS) {
    const slice = rows.slice(offset, offset + SLICE_ROWS);
    for (const { number, line, faults } of slice) if (faults) refusals.push({ number, line, faults });
    const prepared = await prepareDocuments(
      slice.flatMap(({ feedback }) => feedback ?? []),
      prepare,
    );
    for (const document of prepared) documents.push(Object.assign(document, { importId }));
    await setImmediate();
  }
  const skipped = rows.filter(({ feedback, faults }) => !feedback && !faults).length;
  // Retention may expire feedback between its check and this; such rows count as refused.
  const refused = rows.length - documents.length - skipped;
  let counts = NOTHING_READ;
  await writer.store(documents, async (transaction, { stored, erased }) => {
    const duplicates = documents.length - stored - erased;
    counts = { rows: rows.length, stored, duplicates, refused, skipped, erased };
    const progress = { importId, from: rows[0]?.number ?? 0, counts, refusals, bytesRead, tookMs };
    await saveProgress(models, progress, transaction);
  });
  for (const outcome of ['stored', 'duplicates', 'refused', 'skipped', 'erased'] as const)
    metrics.importRows.inc({ outcome }, counts[outcome]);
  return counts;
}

function addCounts(first: ImportCounts, second: ImportCounts): ImportCounts {
  const names = Object.keys(first) as (keyof ImportCounts)[];
  return Object.fromEntries(names.map((name) => [name, first[name] + second[name]])) as ImportCounts;
}
