import { openTable, type Table, type TableOptions, type TableRow } from '../../../src/ingest/files/openTable.ts';

/** Bytes in pieces of `size`. */
export async function* inPieces(bytes: Buffer, size = bytes.length): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

interface Read extends Omit<Table, 'rows' | 'close'> {
  rows: TableRow[];
  /** values of the rows without an error */
  values: unknown[];
  /** errors by line */
  errors: Record<string, string | undefined>;
}

/** Reads a whole file. */
export async function readAll(
  file: string | Buffer,
  { size, ...options }: Partial<TableOptions> & { size?: number } = {},
): Promise<Read> {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  const table = await openTable(inPieces(bytes, size), { maxBytes: 64 * 1024 * 1024, ...options });
  const rows: TableRow[] = [];
  for await (const row of table.rows) rows.push(row);
  const { format, encoding, delimiter, columns, sheet } = table;
  return {
    ...{ format, encoding, delimiter, columns, sheet, rows },
    values: rows.filter(({ error }) => error === undefined).map(({ value }) => value),
    errors: Object.fromEntries(rows.filter(({ error }) => error !== undefined).map(({ line, error }) => [line, error])),
  };
}

/** Bytes of a text in windows-1252: one for each character. `\x92` stands for itself. */
export const windows1252 = (text: string) => Buffer.from(text, 'latin1');
