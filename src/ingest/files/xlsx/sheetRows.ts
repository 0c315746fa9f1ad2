import { FileProblem } from '../fileProblem.ts';
import { MAX_LINE_CHARACTERS } from '../textLines.ts';
import { type CellValue, type RawCell, readCell } from './cellValue.ts';
import { readXml } from './readXml.ts';
import { createTextCollector, type Workbook } from './workbookParts.ts';
import type { ZipArchive } from './zipArchive.ts';

/** Max bytes of a sheet, decompressed. */
const MAX_SHEET_BYTES = 1024 * 1024 * 1024;
/** Max cells of one row: the columns of a spreadsheet. */
const MAX_CELLS = 16_384;

/** A row of a sheet. */
export interface SheetRow {
  /** number of the row, from 1 */
  line: number;
  /** cells that hold a value, with their column, from 0 */
  cells: { column: number; value: CellValue }[];
  error?: string;
}

/** Reads the rows of a sheet that hold anything. Throws FileProblem. */
export async function* sheetRows(zip: ZipArchive, workbook: Workbook): AsyncGenerator<SheetRow> {
  const rows: SheetRow[] = [];
  const text = createTextCollector();
  let row: SheetRow | undefined;
  let cell: (RawCell & { column: number }) | undefined;
  let line = 0;
  let column = 0;
  let cellCount = 0;
  let characters = 0;
  let isInValue = false;

  const endCell = () => {
    if (!row || !cell) return;
    cell.inlineText = text.take();
    const { value, error } = readCell(cell, workbook);
    if (error !== undefined) row.error ??= `${columnName(cell.column)}${row.line} ${error}`;
    if (typeof value === 'string') characters += value.length;
    if (characters > MAX_LINE_CHARACTERS) row.error ??= `is over ${MAX_LINE_CHARACTERS} characters`;
    else if (value !== undefined) row.cells.push({ column: cell.column, value });
    if (typeof value === 'string' && !value.isWellFormed())
      row.error ??= `${columnName(cell.column)}${row.line} holds half of a character`;
    cell = undefined;
  };

  const document = readXml(zip.read(workbook.sheet.part, MAX_SHEET_BYTES), {
    open(name, attributes) {
      if (name === 'row') {
        line = attributes.r === undefined ? line + 1 : Number(attributes.r);
        if (!Number.isSafeInteger(line))
          throw new FileProblem('unreadable', 'A row of the sheet has no number. Save the workbook again.');
        row = { line, cells: [] };
        column = characters = cellCount = 0;
      } else if (name === 'c' && row) {
        if (attributes.r !== undefined) column = columnIndex(attributes.r);
        if (!(column < MAX_CELLS) || ++cellCount > MAX_CELLS)
          throw new FileProblem('unreadable', `Row ${line} of the sheet has over ${MAX_CELLS} cells.`);
        const { t: type = 'n', s: style = '0' } = attributes;
        cell = { type, style: Number(style), value: undefined, inlineText: '', isFormula: false, column: column++ };
      } else if (cell) {
        if (name === 'f') cell.isFormula = true;
        isInValue = name === 'v';
        text.open(name, attributes);
      }
    },
    text(part) {
      if (!cell) return;
      if (isInValue) cell.value = (cell.value ?? '') + part;
      if ((cell.value?.length ?? 0) > MAX_LINE_CHARACTERS)
        throw new FileProblem('tooLarge', `Row ${line} of the sheet is over ${MAX_LINE_CHARACTERS} characters.`);
      text.text(part);
    },
    close(name) {
      if (name === 'c') endCell();
      else if (name === 'v') isInValue = false;
      else if (name === 'row' && row) {
        if (row.error !== undefined || row.cells.length > 0) rows.push(row);
        row = undefined;
      }
      text.close(name);
    },
  });
  for await (const _ of document) yield* rows.splice(0);
}

/** Column of a cell by its name, such as 2 for `C7`. */
function columnIndex(name: string): number {
  let index = 0;
  for (let at = 0; at < name.length; at++) {
    const letter = (name.charCodeAt(at) & ~0x20) - 0x40;
    if (letter < 1 || letter > 26) break;
    index = index * 26 + letter;
  }
  return index > 0 ? index - 1 : Number.NaN;
}

function columnName(index: number): string {
  const letter = String.fromCharCode(0x41 + (index % 26));
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter;
}
