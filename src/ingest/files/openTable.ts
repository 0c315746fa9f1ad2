import { openCsv } from './csvTable.ts';
import { decodeText } from './decodeText.ts';
import { FileProblem } from './fileProblem.ts';
import type { FileEncoding } from './guessEncoding.ts';
import { ndjsonRows } from './ndjsonRows.ts';
import { peekBytes } from './peekBytes.ts';
import type { Delimiter, TableRow } from './tableRow.ts';
import { openWorkbook } from './xlsx/openWorkbook.ts';

export type FileFormat = 'csv' | 'ndjson' | 'xlsx';
export type { Delimiter, TableRow };

/** Rows of a file that someone sent, read while it arrives. */
export interface Table {
  format: FileFormat;
  /** Null for a workbook. Final once all rows are read: a file of ASCII alone is UTF-8 until another byte comes. */
  readonly encoding: FileEncoding | null;
  /** null if the file is not CSV */
  delimiter: Delimiter | null;
  /** names as in the header, each one once, see `columnsOf`; null for NDJSON */
  columns: string[] | null;
  /** name of the sheet that is read; null if the file is no workbook */
  sheet: string | null;
  /** one pass; holds a bounded number of bytes; throws FileProblem */
  rows: AsyncIterable<TableRow>;
  /** Ends the source and frees its memory. Needed if the rows are not iterated at all; harmless otherwise. */
  close(): Promise<void>;
}

export interface TableOptions {
  /** default: by the content */
  format?: FileFormat | undefined;
  /** name of the encoding; default: by the content */
  charset?: string | undefined;
  /** max bytes of the file, not compressed */
  maxBytes: number;
}

/** Bytes by which the format is found. */
const HEAD_BYTES = 512;

/** Opens a file of rows. Throws FileProblem if it cannot be read at all. */
export async function openTable(bytes: AsyncIterable<Buffer>, options: TableOptions): Promise<Table> {
  const { head, all, close } = await peekBytes(limited(bytes, options.maxBytes), HEAD_BYTES);
  try {
    const format = formatOf(head, options.format);
    if (format === 'xlsx') {
      const { sheet, columns, rows, close } = await openWorkbook(all);
      return { format, encoding: null, delimiter: null, columns, sheet, rows, close };
    }
    const text = await decodeText(all, options.charset);
    const csv = format === 'csv' ? await openCsv(text) : undefined;
    return {
      format,
      get encoding() {
        return text.encoding;
      },
      delimiter: csv?.delimiter ?? null,
      columns: csv?.columns ?? null,
      sheet: null,
      rows: csv?.rows ?? ndjsonRows(text),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function* limited(bytes: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > maxBytes)
      throw new FileProblem('tooLarge', `The file is over ${maxBytes} bytes; send several smaller ones.`);
    yield chunk;
  }
}

/** The format by the first bytes of a file. Throws FileProblem if it is not the one that is declared. */
function formatOf(head: Buffer, declared: FileFormat | undefined): FileFormat {
  const found = KINDS.find(({ start }) => head.subarray(0, start.length).equals(start));
  if (found?.fault !== undefined) throw new FileProblem('wrongType', found.fault);
  if (found && declared !== undefined && declared !== 'xlsx')
    throw new FileProblem(
      'wrongType',
      `The file is a workbook or another zip archive, not ${declared.toUpperCase()}. Save the sheet as CSV.`,
    );
  if (!found && declared === 'xlsx')
    throw new FileProblem('wrongType', 'The file is no workbook (.xlsx): it is not a zip archive.');
  if (found) return 'xlsx';
  if (declared !== undefined) return declared;
  const first = /[^\s\0\ufeff\xef\xbb\xbf\xfe\xff]/.exec(head.toString('latin1'))?.[0];
  if (first === '[')
    throw new FileProblem(
      'wrongType',
      'The file is a JSON list. Send one JSON object for each line, without the list.',
    );
  return first === '{' ? 'ndjson' : 'csv';
}

/** Files that begin with the same bytes. */
const KINDS: { start: Buffer; fault?: string }[] = [
  { start: Buffer.from('PK\x03\x04', 'latin1') },
  {
    start: Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    fault: 'The file is a workbook of an old format (.xls), or one with a password. Save it as .xlsx or CSV.',
  },
  {
    start: Buffer.from('1f8b', 'hex'),
    fault: 'The file is compressed with gzip. Send it with Content-Encoding: gzip.',
  },
  { start: Buffer.from('%PDF-', 'latin1'), fault: 'The file is a PDF. Send CSV, NDJSON or a workbook (.xlsx).' },
];
