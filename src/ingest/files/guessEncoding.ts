import { isUtf8 } from 'node:buffer';
import { FileProblem } from './fileProblem.ts';

export type FileEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

const UTF8_SEQUENCES = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g;
const NOT_ASCII = /[\x80-\xff]/g;
/** Control characters that no text holds, and bytes to which windows-1252 gives no character. */
const NOT_WINDOWS_1252 = /[\x00-\x08\x0e-\x19\x1c-\x1f\x7f\x81\x8d\x8f\x90\x9d]/;
/** Letters of other alphabets come in rows; a western word has one or two letters beyond ASCII, among others. */
const FOREIGN_RUNS = /[\x80-\xff]{4,}/g;
/** Signs and capitals of windows-1252 in the midst of a word: letters of DOS, old Macs, Central Europe and East Asia. */
const MISPLACED_SIGNS =
  /(?<=[A-Za-z])[\x82-\x84\x86-\x88\x8b]|(?<=[a-z])[\x8a\x8e\x9f]|(?<=[A-Za-z])[\x93\x94](?=[A-Za-z])|(?<=[A-Za-z\x80-\xff])[\xa1-\xa9\xab\xac\xae-\xb4\xb6\xb8\xb9\xbb-\xbf](?=[A-Za-z\x80-\xff])/g;
/** Max share of misplaced signs among the characters beyond ASCII. */
const MAX_MISPLACED = 0.25;
const ENCODINGS = 'UTF-8, UTF-16 or windows-1252';

/**
 * Chooses between UTF-8 and windows-1252, from the first bytes of a file that are not all ASCII. A few broken characters
 * leave a file UTF-8.
 *
 * @throws FileProblem if the bytes are neither
 */
export function guessEncoding(bytes: Buffer): 'utf-8' | 'windows-1252' {
  if (isUtf8(bytes)) return 'utf-8';
  const text = bytes.toString('latin1');
  const sequences = text.match(UTF8_SEQUENCES) ?? [];
  const inSequences = sequences.reduce((sum, sequence) => sum + sequence.length, 0);
  const beyondAscii = countMatches(text, NOT_ASCII);
  if (sequences.length > 0 && sequences.length >= beyondAscii - inSequences) return 'utf-8';
  if (NOT_WINDOWS_1252.test(text))
    throw new FileProblem('unreadable', `The file is not text in ${ENCODINGS}. Save it as UTF-8 and send it again.`);
  const foreign = text.match(FOREIGN_RUNS) ?? [];
  const inForeign = foreign.reduce((sum, run) => sum + run.length, 0);
  const isForeign = (foreign.length > 1 || inForeign > 8) && inForeign > beyondAscii - inForeign;
  if (isForeign || countMatches(text, MISPLACED_SIGNS) > MAX_MISPLACED * beyondAscii)
    throw new FileProblem(
      'unreadable',
      `The file seems to be in none of ${ENCODINGS}. Save it as UTF-8 and send it again; if it is windows-1252, send it with charset=windows-1252.`,
    );
  return 'windows-1252';
}

function countMatches(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** Encoding by the byte order mark at the start of a file, with the length of the mark. Throws FileProblem for UTF-32. */
export function encodingOfMark(head: Buffer): { encoding: FileEncoding; length: number } | undefined {
  const start = head.toString('hex', 0, 4);
  if (start === 'fffe0000' || start === '0000feff')
    throw new FileProblem('wrongType', `The file is in UTF-32. Save it as UTF-8 and send it again.`);
  if (start.startsWith('efbbbf')) return { encoding: 'utf-8', length: 3 };
  if (start.startsWith('fffe')) return { encoding: 'utf-16le', length: 2 };
  if (start.startsWith('feff')) return { encoding: 'utf-16be', length: 2 };
  return undefined;
}

const CONTROLS = /[\x00-\x08\x0e-\x1f]/;
/** Min share of characters whose upper byte is 0 in a text in UTF-16: delimiters, line ends and digits alone reach it. */
const MIN_ZEROS = 0.1;

/** Recognises UTF-16 without a mark: the upper bytes of Latin characters are 0, and no other byte is. */
export function utf16WithoutMark(head: Buffer): FileEncoding | undefined {
  if (!head.includes(0)) return undefined;
  const zeros = [0, 0];
  for (let index = 0; index < head.length; index++) {
    if (head[index] !== 0) continue;
    zeros[index % 2]!++;
    if (CONTROLS.test(String.fromCharCode(head[index ^ 1] ?? 0x20))) return undefined;
  }
  const [even, odd] = zeros as [number, number];
  const least = (head.length / 2) * MIN_ZEROS;
  if (even === 0 && odd >= least) return 'utf-16le';
  if (odd === 0 && even >= least) return 'utf-16be';
  return undefined;
}

/** Names of encodings, in lower case without separators, as in WHATWG's Encoding Standard. */
const CHARSETS = new Map<string, FileEncoding | undefined>([
  ['utf8', 'utf-8'],
  ['unicode11utf8', 'utf-8'],
  // ASCII is part of the other encodings, and often said of files that are in one of them.
  ['usascii', undefined],
  ['ascii', undefined],
  ['utf16', 'utf-16le'],
  ['utf16le', 'utf-16le'],
  ['utf16be', 'utf-16be'],
  ...['windows1252', 'cp1252', 'xcp1252', 'iso88591', 'latin1', 'l1', 'cp819', 'ibm819', 'ansi'].map(
    (name) => [name, 'windows-1252'] as [string, FileEncoding],
  ),
]);

/** Encoding by its name; undefined if the name does not tell. Throws FileProblem for one that is not read. */
export function encodingOfCharset(charset: string): FileEncoding | undefined {
  const name = charset.toLowerCase().replace(/[-_\s]/g, '');
  if (CHARSETS.has(name)) return CHARSETS.get(name);
  throw new FileProblem(
    'wrongType',
    `The charset ${JSON.stringify(charset.slice(0, 40))} is not read; use utf-8, utf-16 or windows-1252, or leave it out.`,
  );
}
