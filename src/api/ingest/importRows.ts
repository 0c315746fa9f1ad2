import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { CHOICES, RATINGS } from '../../aggregates/contribution.ts';
import { FEEDBACK_FIELDS } from '../../ingest/feedbackSchema.ts';
import { parseJson, WrongJson } from '../http/parseJson.ts';
import { Problem } from '../http/problem.ts';
import { limitBytes } from '../http/readBody.ts';

/** One row of an import: the line it starts on (from 1), and the value to check or why there is none. */
export interface ImportRow {
  line: number;
  value?: unknown;
  error?: string;
}

const LINE_BYTES = 256 * 1024;

/** Reads NDJSON or CSV (with a header line) row by row; holds one row at a time. `limit`: bytes in all, inflated. */
export async function* importRows(body: Readable, type: string, limit: number): AsyncGenerator<ImportRow> {
  const rows =
    type === 'text/csv'
      ? csvRows(limitBytes(limit, body))
      : ['application/x-ndjson', 'application/ndjson', 'application/jsonl'].includes(type)
        ? jsonRows(limitBytes(limit, body))
        : undefined;
  if (!rows) throw new Problem(415, 'Content-Type must be application/x-ndjson or text/csv.');
  try {
    yield* rows;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(
      400,
      `The body could not be read on: ${String((error as Error).message).slice(0, 200)}`,
    );
  }
}

async function* jsonRows(body: AsyncIterable<Buffer>): AsyncGenerator<ImportRow> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 0;
  for await (const chunk of body) {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let start = 0;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
      const row = jsonRow(rest.subarray(start, end), ++line);
      if (row) yield row;
      start = end + 1;
    }
    rest = rest.subarray(start);
    refuseLongLine(rest, line + 1);
  }
  const row = jsonRow(rest, line + 1);
  if (row) yield row;
}

function refuseLongLine(bytes: Buffer, line: number): void {
  if (bytes.length > LINE_BYTES)
    throw new Problem(413, `Line ${line} is over ${LINE_BYTES} bytes.`, { headers: { connection: 'close' } });
}

function jsonRow(bytes: Buffer, line: number): ImportRow | undefined {
  refuseLongLine(bytes, line);
  if (isBlank(bytes)) return undefined;
  try {
    return { line, value: parseJson(bytes) };
  } catch (error) {
    if (!(error instanceof WrongJson)) throw error;
    return { line, error: `is not JSON in UTF-8: ${error.message}` };
  }
}

/** Spaces, tabs and carriage returns, or nothing at all. */
const isBlank = (bytes: Buffer) => bytes.every((byte) => byte === 32 || byte === 9 || byte === 13);

async function* csvRows(body: AsyncIterable<Buffer>): AsyncGenerator<ImportRow> {
  const parser = parse({
    columns: columnsOf,
    bom: true,
    raw: true,
    skip_empty_lines: true,
    max_record_size: LINE_BYTES,
    relax_column_count: true,
  });
  const bytes = Readable.from(
    rowAfterRow(body, () => parser.info.records),
    { objectMode: false },
  );
  bytes.on('error', (error) => parser.destroy(error));
  parser.on('close', () => bytes.destroy());
  bytes.pipe(parser);
  // The parser's own count of lines is that of the row's end, and takes a CRLF inside quotes for two.
  let line = 2;
  for await (const { record, raw } of parser as AsyncIterable<ParsedRow>) {
    const skipped = /^[\r\n]*/.exec(raw)?.[0] ?? '';
    yield { line: line + lineEnds(skipped), value: fieldsOf(record) };
    line += lineEnds(raw);
  }
}

/** The parser's limit counts the text of cells alone, of which a row may have millions: here it ends without an end of a row. */
async function* rowAfterRow(body: AsyncIterable<Buffer>, rowsRead: () => number): AsyncGenerator<Buffer> {
  let rows = 0;
  let bytes = 0;
  for await (const chunk of body) {
    if (rowsRead() > rows) {
      rows = rowsRead();
      bytes = 0;
    }
    bytes += chunk.length;
    if (bytes > 2 * LINE_BYTES) throw new Problem(413, `A row is over ${LINE_BYTES} bytes.`);
    yield chunk;
  }
}

/** The names of the columns; of two under one name, only one could be read. */
function columnsOf(header: string[]): string[] {
  const names = header.map((name) => name.trim());
  const wrong = names.find((name, at) => !FIELDS.has(name) || names.indexOf(name) < at);
  if (wrong === undefined) return names;
  const what = FIELDS.has(wrong) ? 'is there twice' : 'is not a field';
  throw new Problem(
    400,
    `The column ${JSON.stringify(wrong.slice(0, 100))} ${what}; the fields are ${FEEDBACK_FIELDS.join(', ')}.`,
  );
}

interface ParsedRow {
  record: Record<string, string>;
  /** the row as it came, after any empty lines before it */
  raw: string;
}

const lineEnds = (text: string) => text.match(/\r\n?|\n/g)?.length ?? 0;

const FIELDS = new Set<string>(FEEDBACK_FIELDS);
const NUMBERS = new Set<string>(RATINGS);
const TEXTS = new Set<string>([...CHOICES, 'improvements']);

/** A CSV cell is text: empty means no answer, ratings and epoch milliseconds are numbers, tags are set apart by `;`. */
function fieldsOf(record: Record<string, string>): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, cell] of Object.entries(record)) {
    if (cell === '') continue;
    if (NUMBERS.has(name) || (name === 'createdAt' && /^\d+$/.test(cell))) fields[name] = Number(cell);
    else if (name === 'tags') fields[name] = cell.split(';').map((tag) => tag.trim());
    else fields[name] = TEXTS.has(name) ? cell : cell.trim();
  }
  return fields;
}
