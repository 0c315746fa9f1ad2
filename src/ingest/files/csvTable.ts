import { columnsOf } from './columnsOf.ts';
import { type CsvScanner, createCsvScanner, type ScannedRow } from './csvScanner.ts';
import { type DecodedText, faultOf } from './decodeText.ts';
import { FileProblem } from './fileProblem.ts';
import type { Delimiter, TableRow } from './tableRow.ts';
import { isBlank } from './textLines.ts';

/** Characters by which the delimiter is found. */
const SAMPLE_CHARACTERS = 16 * 1024;
/** Rows of the sample that are compared with the header. */
const SAMPLE_ROWS = 20;
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t'];

export interface CsvTable {
  delimiter: Delimiter;
  columns: string[];
  rows: AsyncGenerator<TableRow>;
}

/** Reads the header of a CSV. Throws FileProblem if there is none, or if it cannot be read. */
export async function openCsv(text: DecodedText): Promise<CsvTable> {
  let sample = '';
  let next: IteratorResult<string> = await text.chunks.next();
  while (!next.done && sample.length + next.value.length < SAMPLE_CHARACTERS) {
    sample += next.value;
    next = await text.chunks.next();
  }
  if (!next.done) sample += next.value;
  const declaration = /^sep=(.)[^\S\r\n]*(\r\n?|\n)/i.exec(sample);
  const declared = declaration?.[1];
  if (declared !== undefined && !isDelimiter(declared))
    throw new FileProblem(
      'wrongType',
      `The first line names the delimiter ${declared}; use a comma, a semicolon or a tab.`,
    );
  const delimiter = declared ?? findDelimiter(sample, next.done === true);

  const scanner = createCsvScanner(delimiter, declaration ? 2 : 1);
  scanner.push(declaration ? sample.slice(declaration[0].length) : sample);
  const scanned = scanRows(scanner, text.chunks);
  const header = await readHeader(scanned);
  if (!header) throw new FileProblem('unreadable', 'The file is empty. Begin it with a header line.');
  const fault = header.error ?? faultOf(header.text, text.encoding);
  if (fault !== undefined) throw new FileProblem('unreadable', `The header line, line ${header.line}, ${fault}.`);
  const columns = columnsOf(header.cells);
  return { delimiter, columns, rows: tableRows(scanned, columns, delimiter, text) };
}

const isDelimiter = (char: string): char is Delimiter => (DELIMITERS as readonly string[]).includes(char);

/** All rows, those of empty cells left out. */
async function* scanRows(scanner: CsvScanner, chunks: AsyncGenerator<string>): AsyncGenerator<ScannedRow> {
  try {
    for (;;) {
      for (let row = scanner.next(); row; row = scanner.next())
        if (row.error !== undefined || !row.cells.every(isBlank)) yield row;
      const next = await chunks.next();
      if (next.done) break;
      scanner.push(next.value);
    }
    scanner.end();
    for (let row = scanner.next(); row; row = scanner.next())
      if (row.error !== undefined || !row.cells.every(isBlank)) yield row;
  } finally {
    await chunks.return(undefined);
  }
}

async function readHeader(rows: AsyncGenerator<ScannedRow>): Promise<ScannedRow | undefined> {
  const first = await rows.next();
  return first.done ? undefined : first.value;
}

/** Finds the delimiter by which the most rows of the sample have as many cells as the header; of several, the one with more columns. */
function findDelimiter(sample: string, isWhole: boolean): Delimiter {
  let best: Delimiter = ',';
  let bestScore = [0, 1];
  for (const delimiter of DELIMITERS) {
    const scanner = createCsvScanner(delimiter);
    scanner.push(sample);
    if (isWhole) scanner.end();
    const widths: number[] = [];
    for (let row = scanner.next(); row && widths.length <= SAMPLE_ROWS; row = scanner.next())
      if (row.error !== undefined || !row.cells.every(isBlank)) widths.push(row.cells.length);
    // A header with a quote astray has no cells.
    const columns = widths[0] ?? 0;
    if (columns < 2) continue;
    const score = [widths.filter((width) => width === columns).length, columns];
    if (score[0]! > bestScore[0]! || (score[0] === bestScore[0] && score[1]! > bestScore[1]!)) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

async function* tableRows(
  rows: AsyncGenerator<ScannedRow>,
  columns: string[],
  delimiter: Delimiter,
  text: DecodedText,
): AsyncGenerator<TableRow> {
  for await (const row of rows) {
    const { line, endLine } = row;
    const error = row.error ?? faultOf(row.text, text.encoding) ?? faultOfWidth(row.cells, columns.length, delimiter);
    yield error === undefined ? { line, endLine, value: recordOf(row.cells, columns) } : { line, endLine, error };
  }
}

function faultOfWidth(cells: string[], columns: number, delimiter: Delimiter): string | undefined {
  if (cells.length > columns && !cells.every((cell, index) => index < columns || isBlank(cell)))
    return `has ${cells.length} cells, but the header has ${columns}; put a cell with a ${NAMES[delimiter]} in it in double quotes`;
  // A spreadsheet leaves off empty cells at the end of a row. A single cell is rather the rest of a text with a line end.
  if (cells.length === 1 && columns > 1)
    return `has 1 cell, but the header has ${columns}; if it is the rest of the row before, put the text with the line end in double quotes and send that row again`;
  return undefined;
}

const NAMES: Record<Delimiter, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab' };

function recordOf(cells: string[], columns: string[]): Record<string, string> {
  const value: Record<string, string> = {};
  const width = Math.min(cells.length, columns.length);
  for (let index = 0; index < width; index++) value[columns[index]!] = cells[index]!;
  return value;
}
