import type { Models } from '../database.ts';
import { insertAll } from '../mongodb/bulkWrites.ts';
import { type Transaction, TransactionAborted } from '../mongodb/inTransaction.ts';
import type { ImportCounts, RefusalDocument, RowFault } from './importSchema.ts';

/** The import is not where this worker left it: it is being undone, was erased, or another worker runs it. */
export class ImportMoved extends TransactionAborted {
  override name = 'ImportMoved';
}

/** The progress of an import by one chunk of rows. */
export interface ChunkProgress {
  importId: string;
  /** number of rows that were settled before the chunk */
  from: number;
  counts: ImportCounts;
  refusals: readonly RefusedRow[];
  /** bytes of the file read so far, with this chunk */
  bytesRead: number;
  tookMs: number;
}

/** A refused row. `number`: position among the rows of the file, from 0. */
export interface RefusedRow {
  number: number;
  line: number;
  faults: RowFault[];
}

/**
 * Saves the progress of an import in the transaction that stores the rows of a chunk. Both become visible together, so a
 * chunk is counted once, however often it is tried. Since every such transaction writes to the import, none of them
 * commits after the import was undone, and of two workers that store the same chunk, one aborts.
 *
 * @throws ImportMoved
 */
export async function saveProgress(models: Models, progress: ChunkProgress, transaction: Transaction): Promise<void> {
  const { importId, from, counts, bytesRead, tookMs } = progress;
  const { matchedCount } = await models.imports.updateOne(
    { _id: importId, state: 'running', 'counts.rows': from },
    {
      $set: { bytesRead, attempts: 0 },
      $inc: {
        ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [`counts.${name}`, count])),
        elapsedMs: tookMs,
      },
    },
    { session: transaction },
  );
  if (matchedCount === 0) throw new ImportMoved();
  const refusals = progress.refusals.map(
    ({ number, line, faults }): RefusalDocument => ({ _id: refusalId(importId, number), line, faults }),
  );
  if (refusals.length > 0) await insertAll(models.importRefusals, refusals, transaction);
}

/** Digits of a row's number in an id, so that ids sort by it. */
const NUMBER_DIGITS = 10;
const refusalId = (importId: string, number: number) => `${importId} ${String(number).padStart(NUMBER_DIGITS, '0')}`;

const refusalsOf = (importId: string) => ({ _id: { $gte: `${importId} `, $lt: `${importId}!` } });

/** The first refusals of an import, by row. */
export function listRefusals(models: Models, importId: string, limit: number): Promise<RefusalDocument[]> {
  return models.importRefusals.find(refusalsOf(importId)).sort({ _id: 1 }).limit(limit).lean<RefusalDocument[]>();
}

/** All refusals of an import, by row, streamed. */
export function streamRefusals(models: Models, importId: string): AsyncIterable<RefusalDocument> {
  return models.importRefusals
    .find(refusalsOf(importId))
    .sort({ _id: 1 })
    .lean<RefusalDocument[]>()
    .cursor({ batchSize: 500 }) as unknown as AsyncIterable<RefusalDocument>;
}

export async function deleteRefusals(models: Models, importId: string): Promise<void> {
  await models.importRefusals.deleteMany(refusalsOf(importId));
}
