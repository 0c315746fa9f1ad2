import { MAX_LINE_CHARACTERS, refuseLongLine } from './textLines.ts';

/** One row of a CSV text, or the line at which a row goes wrong. */
export interface ScannedRow {
  /** line on which the row starts, from 1 */
  line: number;
  /** line on which it ends */
  endLine: number;
  /** text of the row without its end */
  text: string;
  cells: string[];
  /** set if a quote is astray; then the row is its first line alone */
  error?: string;
}

/** Reads rows from text that is pushed piece by piece. */
export interface CsvScanner {
  push(text: string): void;
  /** No text follows. */
  end(): void;
  /** The next row; undefined if its end is not there yet. Throws FileProblem for a row over the limit. */
  next(): ScannedRow | undefined;
}

const STRAY =
  'has a quote astray: a cell with a quote, a delimiter or a line end in it is put in double quotes, and each quote in it is doubled';
const NOT_CLOSED = 'opens a quote that is not closed; close it, or double a quote that is part of the text';

/**
 * Scans CSV (RFC 4180) whose lines end with LF, CRLF or CR, mixed or not. A row with a quote astray costs its first line
 * alone: reading goes on after it. Each line is scanned a bounded number of times, since every line with an odd number of
 * quotes closes or breaks a cell that is open.
 */
export function createCsvScanner(delimiter: string, firstLine = 1): CsvScanner {
  let text = '';
  let from = 0;
  let line = firstLine;
  let isEnded = false;
  let missing = 0;
  // Index of the next of each at or after `from`, so that each is searched once.
  let feed = -1;
  let carriage = -1;
  let quote = -1;

  const nextOf = (char: string, known: number) => {
    if (known >= from) return known;
    const index = text.indexOf(char, from);
    return index < 0 ? Number.POSITIVE_INFINITY : index;
  };

  /** Index after the line end at `index`; undefined if an LF may follow its CR. */
  const afterLineEnd = (index: number) => {
    if (text.charCodeAt(index) === FEED) return index + 1;
    if (index + 1 === text.length && !isEnded) return undefined;
    return text.charCodeAt(index + 1) === FEED ? index + 2 : index + 1;
  };

  const take = (end: number, next: number, row: Pick<ScannedRow, 'cells' | 'error'>, lines = 1): ScannedRow => {
    const taken = { line, endLine: line + lines - 1, text: text.slice(from, end), ...row };
    refuseLongLine(taken.text, line);
    from = next;
    line += lines;
    missing = 0;
    return taken;
  };

  /** The row is not complete: looks again once there is twice as much text, so that small pieces cost no more. */
  const wait = () => {
    const pending = text.length - from;
    if (pending > MAX_LINE_CHARACTERS) refuseLongLine(text.slice(from), line);
    missing = 2 * pending;
    return undefined;
  };

  function quotedRow(lineEnd: number): ScannedRow | undefined {
    const cells: string[] = [];
    const refuse = (error: string) => {
      if (lineEnd === Number.POSITIVE_INFINITY)
        return isEnded ? take(text.length, text.length, { cells: [], error }) : wait();
      const next = afterLineEnd(lineEnd);
      return next === undefined ? wait() : take(lineEnd, next, { cells: [], error });
    };
    for (let start = from; ; ) {
      let end: number;
      if (text.charCodeAt(start) === QUOTE) {
        const close = closingQuote(text, start);
        if (close < 0) return isEnded || text.length - from > MAX_LINE_CHARACTERS ? refuse(NOT_CLOSED) : wait();
        if (close + 1 === text.length && !isEnded) return wait();
        end = close + 1;
        const cell = text.slice(start + 1, close);
        cells.push(cell.includes('"') ? cell.replaceAll('""', '"') : cell);
      } else {
        end = start;
        for (let code = text.charCodeAt(end); end < text.length; code = text.charCodeAt(++end)) {
          if (code === QUOTE) return refuse(STRAY);
          if (code === FEED || code === RETURN || text[end] === delimiter) break;
        }
        cells.push(text.slice(start, end));
      }
      if (end === text.length) {
        if (!isEnded) return wait();
        return take(end, end, { cells }, linesOf(end, lineEnd));
      }
      if (text[end] === delimiter) {
        start = end + 1;
        continue;
      }
      const code = text.charCodeAt(end);
      if (code !== FEED && code !== RETURN) return refuse(STRAY);
      const next = afterLineEnd(end);
      return next === undefined ? wait() : take(end, next, { cells }, linesOf(end, lineEnd));
    }
  }

  /** Number of lines of a row that ends at `end`, and whose first line ends at `lineEnd`. */
  const linesOf = (end: number, lineEnd: number) =>
    end <= lineEnd ? 1 : 1 + (text.slice(from, end).match(LINE_ENDS)?.length ?? 0);

  return {
    push(more) {
      text = text.slice(from) + more;
      from = 0;
      feed = carriage = quote = -1;
    },
    end() {
      isEnded = true;
      missing = 0;
      feed = carriage = quote = -1;
    },
    next() {
      const pending = text.length - from;
      if (pending === 0 || (pending < missing && pending <= MAX_LINE_CHARACTERS)) return undefined;
      feed = nextOf('\n', feed);
      carriage = nextOf('\r', carriage);
      quote = nextOf('"', quote);
      const lineEnd = Math.min(feed, carriage);
      if (quote < lineEnd) return quotedRow(lineEnd);
      if (lineEnd === Number.POSITIVE_INFINITY) {
        if (!isEnded) return wait();
        return take(text.length, text.length, { cells: text.slice(from).split(delimiter) });
      }
      const next = afterLineEnd(lineEnd);
      return next === undefined ? wait() : take(lineEnd, next, { cells: text.slice(from, lineEnd).split(delimiter) });
    },
  };
}

/** Index of the quote that closes the one at `start`, or -1. */
function closingQuote(text: string, start: number): number {
  for (let close = text.indexOf('"', start + 1); close >= 0; close = text.indexOf('"', close + 2))
    if (text.charCodeAt(close + 1) !== QUOTE) return close;
  return -1;
}

const QUOTE = 0x22;
const FEED = 0x0a;
const RETURN = 0x0d;
const LINE_ENDS = /\r\n?|\n/g;
