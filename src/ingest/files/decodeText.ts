import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import {
  encodingOfCharset,
  encodingOfMark,
  type FileEncoding,
  guessEncoding,
  utf16WithoutMark,
} from './guessEncoding.ts';
import { peekBytes, readAtLeast } from './peekBytes.ts';

/** Bytes from the first one beyond ASCII on, from which an encoding is guessed. */
const GUESS_BYTES = 64 * 1024;
/** Max bytes of a line that are held back to be decoded as a whole. */
const MAX_HELD_BYTES = 64 * 1024;

/**
 * Marks in place of bytes that are no text. They are halves of surrogate pairs, which no valid text holds, so that a row
 * with one can be refused while reading goes on.
 */
const MARKS = {
  zero: '\udc00',
  notUtf8: '\udc80',
  undefined1252: '\udc81',
  utf8Among1252: '\udcc2',
} as const;

/** A text that is decoded while it is read. */
export interface DecodedText {
  /** the encoding as far as it is known: a file of ASCII alone is UTF-8 until another byte comes */
  readonly encoding: FileEncoding;
  /** one pass */
  chunks: AsyncGenerator<string>;
  /** Ends the source, read or not. */
  close(): Promise<void>;
}

/**
 * Decodes a text. Its encoding is that of its byte order mark, else of `charset`; else UTF-8 if the bytes are valid, else
 * windows-1252. Nothing read before the encoding is known depends on it.
 *
 * @throws FileProblem, also from the chunks, if the text is in none of the encodings
 */
export async function decodeText(bytes: AsyncIterable<Buffer>, charset?: string): Promise<DecodedText> {
  const { head, all, close } = await peekBytes(bytes, GUESS_BYTES);
  let known: FileEncoding | undefined;
  let isGuess = false;
  let markLength = 0;
  try {
    const declared = charset === undefined ? undefined : encodingOfCharset(charset);
    const mark = encodingOfMark(head);
    known = mark?.encoding ?? declared ?? utf16WithoutMark(head);
    isGuess = (mark?.encoding ?? declared) === undefined;
    markLength = mark?.length ?? 0;
    if (known === undefined) known = guessFrom(head, GUESS_BYTES);
  } catch (error) {
    await close();
    throw error;
  }

  async function* decode(): AsyncGenerator<string> {
    let decoder = known === undefined ? undefined : createDecoder(known, isGuess);
    let skip = markLength;
    try {
      for (let next = await all.next(); !next.done; next = await all.next()) {
        let chunk = next.value.subarray(skip);
        skip = 0;
        if (!decoder && isAscii(chunk)) {
          yield markZeros(chunk.toString('latin1'));
          continue;
        }
        if (!decoder) {
          chunk = await readAtLeast(all, 2 * GUESS_BYTES, chunk);
          known = guessFrom(chunk, 2 * GUESS_BYTES) ?? 'utf-8';
          decoder = createDecoder(known, isGuess);
        }
        yield markZeros(decoder.write(chunk));
      }
      if (decoder) yield markZeros(decoder.end());
    } finally {
      await close();
    }
  }

  return {
    get encoding() {
      return known ?? 'utf-8';
    },
    chunks: decode(),
    close,
  };
}

/** Guesses the encoding from bytes of which at least `askedBytes` were asked for; undefined if they are ASCII alone. */
function guessFrom(bytes: Buffer, askedBytes: number): FileEncoding | undefined {
  const whole = bytes.length < askedBytes ? bytes : withoutCutCharacter(bytes);
  return isAscii(whole) ? undefined : guessEncoding(whole);
}

/** Reason for which a text cannot be stored as it was sent; undefined if it can. `encoding`: the one it was read in. */
export function faultOf(text: string, encoding: FileEncoding): string | undefined {
  if (text.isWellFormed()) return undefined;
  if (text.includes(MARKS.zero)) return 'holds a NUL character; remove it';
  if (text.includes(MARKS.undefined1252))
    return 'holds a byte that is no character in windows-1252; save the file as UTF-8';
  if (text.includes(MARKS.utf8Among1252))
    return 'is UTF-8, but other lines of the file are windows-1252; save the whole file as UTF-8, or send it with charset=windows-1252 if this line is, too';
  return encoding === 'utf-8'
    ? 'holds bytes that are not UTF-8, unlike other lines or the charset of the file; save the whole file as UTF-8'
    : `holds half a character of ${encoding.toUpperCase()}; save the file as UTF-8`;
}

interface Decoder {
  write(bytes: Buffer): string;
  end(): string;
}

function createDecoder(encoding: FileEncoding, isGuess: boolean): Decoder {
  if (encoding === 'utf-8') return createUtf8Decoder();
  if (encoding === 'windows-1252') return isGuess ? createCarefulDecoder() : createWindows1252Decoder();
  const decoder = iconv.getDecoder(encoding === 'utf-16le' ? 'utf-16le' : 'utf-16be', { stripBOM: false });
  let size = 0;
  return {
    write(bytes) {
      size += bytes.length;
      return decoder.write(bytes);
    },
    end: () => (size % 2 === 0 ? (decoder.end() ?? '') : MARKS.notUtf8),
  };
}

function createUtf8Decoder(): Decoder {
  let cut: Buffer = Buffer.alloc(0);
  return {
    write(chunk) {
      const bytes = cut.length > 0 ? Buffer.concat([cut, chunk]) : chunk;
      const whole = withoutCutCharacter(bytes);
      cut = bytes.subarray(whole.length);
      return isUtf8(whole) ? whole.toString('utf8') : mapLines(whole, decodeUtf8Line);
    },
    end: () => (cut.length > 0 ? MARKS.notUtf8 : ''),
  };
}

const decodeUtf8Line = (line: Buffer) =>
  isUtf8(line) ? line.toString('utf8') : line.toString('utf8').replaceAll('\ufffd', MARKS.notUtf8);

function createWindows1252Decoder(): Decoder {
  const decoder = iconv.getDecoder('windows-1252');
  return {
    write: (bytes) => decoder.write(bytes).replaceAll('\ufffd', MARKS.undefined1252),
    end: () => '',
  };
}

const UTF8_SEQUENCE = /[\xc2-\xf4][\x80-\xbf]/;

/** Decodes windows-1252 that is a guess: marks lines that are UTF-8, as in a file made of two. */
function createCarefulDecoder(): Decoder {
  const decoder = createWindows1252Decoder();
  let held: Buffer = Buffer.alloc(0);
  const decodeLine = (line: Buffer) => {
    const text = decoder.write(line);
    return isAscii(line) || !isUtf8(line) ? text : text.replace(/[^\x00-\x7f]/, MARKS.utf8Among1252);
  };
  const decode = (bytes: Buffer) =>
    UTF8_SEQUENCE.test(bytes.toString('latin1')) ? mapLines(bytes, decodeLine) : decoder.write(bytes);
  return {
    write(chunk) {
      const bytes = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
      const end = Math.max(bytes.lastIndexOf(LINE_FEED), bytes.lastIndexOf(CARRIAGE_RETURN)) + 1;
      const whole = bytes.length - end > MAX_HELD_BYTES ? bytes : bytes.subarray(0, end);
      held = bytes.subarray(whole.length);
      return decode(whole);
    },
    end: () => decode(held),
  };
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Decodes line by line, each with its line feed. */
function mapLines(bytes: Buffer, decode: (line: Buffer) => string): string {
  let text = '';
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, start) + 1 || bytes.length;
    text += decode(bytes.subarray(start, end));
    start = end;
  }
  return text;
}

/** Bytes without the start of a character of UTF-8 that their end cuts. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return back < length ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

const markZeros = (text: string) => (text.includes('\0') ? text.replaceAll('\0', MARKS.zero) : text);
