import { columnsOf } from '../columnsOf.ts';
import { FileProblem } from '../fileProblem.ts';
import type { TableRow } from '../tableRow.ts';
import { isBlank } from '../textLines.ts';
import type { CellValue } from './cellValue.ts';
import { type SheetRow, sheetRows } from './sheetRows.ts';
import { readWorkbook } from './workbookParts.ts';
import { openZip } from './zipArchive.ts';

export interface WorkbookTable {
  /** name of the sheet that is read: the first visible one */
  sheet: string;
  columns: string[];
  rows: AsyncGenerator<TableRow>;
  close(): Promise<void>;
}

/** Opens the first visible sheet of a workbook (.xlsx), whose first row with content is the header. Throws FileProblem. */
export async function openWorkbook(bytes: AsyncIterable<Buffer>): Promise<WorkbookTable> {
  const zip = await openZip(bytes);
  try {
    const workbook = await readWorkbook(zip);
    const rows = contentRows(sheetRows(zip, workbook));
    const header = await rows.next();
    if (header.done)
      throw new FileProblem('unreadable', `The sheet ${workbook.sheet.name} is empty. Begin it with a header row.`);
    const { line, error, cells } = header.value;
    if (error !== undefined)
      throw new FileProblem('unreadable', `The header row, row ${line}, cannot be read: ${error}.`);
    const columns = columnsOf(headerOf(cells));
    return { sheet: workbook.sheet.name, columns, rows: tableRows(rows, columns, zip.close), close: zip.close };
  } catch (error) {
    await zip.close();
    throw error;
  }
}

async function* contentRows(rows: AsyncGenerator<SheetRow>): AsyncGenerator<SheetRow> {
  for await (const row of rows) if (row.error !== undefined || row.cells.some(hasContent)) yield row;
}

const hasContent = ({ value }: SheetRow['cells'][number]) => !(typeof value === 'string' && isBlank(value));

function headerOf(cells: SheetRow['cells']): string[] {
  const header: string[] = [];
  for (const { column, value } of cells) header[column] = value instanceof Date ? value.toISOString() : String(value);
  return Array.from(header, (name) => name ?? '');
}

async function* tableRows(
  rows: AsyncGenerator<SheetRow>,
  columns: string[],
  close: () => Promise<void>,
): AsyncGenerator<TableRow> {
  try {
    for await (const { line, cells, error: fault } of rows) {
      const error = fault ?? faultOfWidth(cells, columns.length);
      yield error === undefined
        ? { line, endLine: line, value: recordOf(cells, columns) }
        : { line, endLine: line, error };
    }
  } finally {
    await close();
  }
}

function faultOfWidth(cells: SheetRow['cells'], columns: number): string | undefined {
  const isBeyond = cells.some((cell) => cell.column >= columns && hasContent(cell));
  return isBeyond
    ? `has cells beyond the ${columns} columns of the header; name their columns, or remove them`
    : undefined;
}

function recordOf(cells: SheetRow['cells'], columns: string[]): Record<string, CellValue> {
  const value: Record<string, CellValue> = {};
  for (const cell of cells) if (cell.column < columns.length) value[columns[cell.column]!] = cell.value;
  return value;
}
