import type { ImportDocument, RefusalDocument } from '../../models/imports/importSchema.ts';

/** An import as the API shows it. */
export function presentImport(found: ImportDocument) {
  const { _id: id, orgId, state, fileName, bytes, sha256, mappingName, createdAt, startedAt, finishedAt } = found;
  const { counts, bytesRead, elapsedMs, removed, failure } = found;
  return {
    ...{ id, orgId, state, fileName, bytes, sha256, mappingName, createdAt, startedAt, finishedAt },
    ...counts,
    bytesRead,
    ratePerSecond: elapsedMs > 0 ? Math.round(counts.rows / (elapsedMs / 1000)) : 0,
    remainingSeconds: remainingSeconds(found),
    removed,
    failure,
  };
}

/** Estimates by the bytes that are left. A workbook is read whole before its first row, which tells nothing. */
function remainingSeconds({ state, bytes, bytesRead, elapsedMs }: ImportDocument): number | null {
  if (state !== 'running' || bytesRead === 0 || bytesRead >= bytes) return null;
  return Math.round((elapsedMs / 1000) * (bytes / bytesRead - 1));
}

export const presentRefusal = ({ line, faults }: RefusalDocument) => ({ line, errors: faults });

/**
 * Refusals as CSV. Cells that a spreadsheet would run as a formula begin with an apostrophe: names of columns come from
 * the file.
 */
export async function* refusalsCsv(refusals: AsyncIterable<RefusalDocument>): AsyncGenerator<string> {
  yield csvRow(['line', 'column', 'reason']);
  for await (const { line, faults } of refusals)
    for (const { column, message } of faults) yield csvRow([String(line), column ?? '', message]);
}

const FORMULA = /^[=+\-@\t\r]/;

const csvRow = (cells: string[]) =>
  `${cells.map((cell) => `"${(FORMULA.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`).join(',')}\r\n`;
