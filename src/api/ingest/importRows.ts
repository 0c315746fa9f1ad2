import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { CHOICES, RATINGS } from '../../aggregates/contribution.ts';
import { FEEDBACK_FIELDS } from '../../ingest/feedbackSchema.ts';
import { parseJson, WrongJson } from '../http/parseJson.ts';
import { Problem } from '../http/problem.ts';
import { limitBytes } from '../http/readBody.ts';

/** One row of an import, with a value to validate or an error. */
export interface ImportRow {
  /** line on which the row starts, from 1 */
  line: number;
  value?: unknown;
  error?: string;
}

/** Max bytes of one line or row. */
const MAX_LINE_BYTES = 256 * 1024;

const READERS = new Map([
  ['application/x-ndjson', jsonRows],
  ['application/ndjson', jsonRows],
  ['application/jsonl', jsonRows],
  ['text/csv', csvRows],
]);

/**
 * Reads NDJSON, or CSV with a header line, row by row; holds one row at a time. `maxBytes`: of the whole body, decompressed.
 *
 * @throws Problem 400, 413 or 415
 */
export async function* importRows(body: Readable, type: string, maxBytes: number): AsyncGenerator<ImportRow> {
  const readRows = READERS.get(type);
  if (!readRows) throw new Problem(415, 'Content-Type must be application/x-ndjson or text/csv.');
  try {
    yield* readRows(limitBytes(maxBytes, body));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(400, `The body could not be read to its end: ${String((error as Error).message).slice(0, 200)}`);
  }
}

async function* jsonRows(body: AsyncIterable<Buffer>): AsyncGenerator<ImportRow> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 0;
  for await (const chunk of body) {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let start = 0;
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED, start)) {
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
  if (bytes.length > MAX_LINE_BYTES)
    throw new Problem(413, `Line ${line} is over ${MAX_LINE_BYTES} bytes.`, { headers: { connection: 'close' } });
}

function jsonRow(bytes: Buffer, line: number): ImportRow | undefined {
  refuseLongLine(bytes, line);
  if (bytes.every((byte) => BLANKS.includes(byte))) return undefined;
  try {
    return { line, value: parseJson(bytes) };
  } catch (error) {
    if (!(error instanceof WrongJson)) throw error;
    return { line, error: `is not JSON in UTF-8: ${error.message}` };
  }
}

const LINE_FEED = 0x0a;
const BLANKS = Buffer.from(' \t\r');

async function* csvRows(body: AsyncIterable<Buffer>): AsyncGenerator<ImportRow> {
  const parser = parse({
    columns: columnsOf,
    bom: true,
    raw: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE_BYTES,
    relax_column_count: true,
  });
  const bytes = Readable.from(
    limitRowBytes(body, () => parser.info.records),
    { objectMode: false },
  );
  bytes.on('error', (error) => parser.destroy(error));
  parser.on('close', () => bytes.destroy());
  bytes.pipe(parser);
  // The parser's own line number is that of the row's end, and counts a CRLF inside quotes twice.
  let line = 2;
  for await (const { record, raw } of parser as AsyncIterable<ParsedRow>) {
    const skipped = /^[\r\n]*/.exec(raw)?.[0] ?? '';
    yield { line: line + lineEnds(skipped), value: fieldsOf(record) };
    line += lineEnds(raw);
  }
}

/** Limits a row as sent: the parser limits the text of its cells only, and a row may have millions of empty ones. */
async function* limitRowBytes(body: AsyncIterable<Buffer>, rowsRead: () => number): AsyncGenerator<Buffer> {
  let rows = 0;
  let bytes = 0;
  for await (const chunk of body) {
    if (rowsRead() > rows) {
      rows = rowsRead();
      bytes = 0;
    }
    bytes += chunk.length;
    if (bytes > 2 * MAX_LINE_BYTES) throw new Problem(413, `A row is over ${MAX_LINE_BYTES} bytes.`);
    yield chunk;
  }
}

/** The names of the columns. Throws Problem 400 for an unknown or repeated one. */
function columnsOf(header: string[]): string[] {
  const names = header.map((name) => name.trim());
  const wrong = names.find((name, index) => !FIELDS.has(name) || names.indexOf(name) < index);
  if (wrong === undefined) return names;
  const reason = FIELDS.has(wrong) ? 'is there twice' : 'is not a field';
  throw new Problem(
    400,
    `The column ${JSON.stringify(wrong.slice(0, 100))} ${reason}; the fields are ${FEEDBACK_FIELDS.join(', ')}.`,
  );
}

interface ParsedRow {
  record: Record<string, string>;
  /** text of the row, with the empty lines before it */
  raw: string;
}

const lineEnds = (text: string) => text.match(/\r\n?|\n/g)?.length ?? 0;

const FIELDS = new Set<string>(FEEDBACK_FIELDS);
const NUMBERS = new Set<string>(RATINGS);
const TEXTS = new Set<string>([...CHOICES, 'improvements']);

/** Types the cells of a row: empty is no answer, ratings are numbers, tags are separated by `;`. */
function fieldsOf(record: Record<string, string>): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, cell] of Object.entries(record)) {
    if (cell === '') continue;
    if (NUMBERS.has(name)) fields[name] = Number(cell);
    else if (name === 'tags') fields[name] = cell.split(';').map((tag) => tag.trim());
    else fields[name] = TEXTS.has(name) ? cell : cell.trim();
  }
  return fields;
}
