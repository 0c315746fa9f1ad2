import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';

const EXPORTS = new URL('./exports/', import.meta.url);

/** Reads a file of made-up rows in the format of a tool's export. */
export async function readExport(file: string) {
  const bytes = await readFile(new URL(file, EXPORTS));
  const isUtf16 = bytes[0] === 0xff;
  const text = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes);
  const encoding = isUtf16 ? ('utf-16le' as const) : ('utf-8' as const);
  if (file.endsWith('.ndjson')) {
    const values = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    const rows = inTurn(values.map((value, index) => ({ line: index + 1, value })));
    return { format: 'ndjson' as const, encoding, delimiter: null, columns: null, rows };
  }
  const delimiter = text.split('\n')[0]!.includes(';') ? (';' as const) : (',' as const);
  const records = parse(text, {
    ...{ delimiter, info: true, skip_empty_lines: true, relax_column_count: true },
  }) as unknown as { record: string[]; info: { lines: number } }[];
  const [header, ...cells] = records;
  const columns = header!.record;
  const rows = cells.map(({ record, info }) => {
    const value = Object.fromEntries(record.map((cell, index) => [columns[index]!, cell]));
    return record.length === columns.length
      ? { line: info.lines, value }
      : { line: info.lines, error: 'has other cells than the header' };
  });
  return { format: 'csv' as const, encoding, delimiter, columns, rows: inTurn(rows) };
}

async function* inTurn<Row>(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows;
}
