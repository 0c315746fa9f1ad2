import { FileProblem } from './fileProblem.ts';

/** Max characters of one line or row. */
export const MAX_LINE_CHARACTERS = 256 * 1024;

/** One line of a text, without its end. */
interface TextLine {
  /** number of the line, from 1 */
  line: number;
  text: string;
}

/**
 * Splits a text into lines, which end with LF, CRLF or CR, mixed or not. U+2028 ends no line. Leaves out blank lines here,
 * since to hand on each of a million would cost more than a file of feedback.
 *
 * @throws FileProblem for a line over `maxCharacters`
 */
export async function* textLines(
  chunks: AsyncIterable<string>,
  maxCharacters: number = MAX_LINE_CHARACTERS,
): AsyncGenerator<TextLine> {
  let rest = '';
  let line = 0;
  let endsWithReturn = false;
  for await (const chunk of chunks) {
    // The second half of a CRLF that the chunks cut.
    const text = endsWithReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
    if (chunk.length > 0) endsWithReturn = chunk.endsWith('\r');
    const lines = text.split(LINE_END);
    for (let index = 0; index < lines.length - 1; index++) {
      const whole = index === 0 ? rest + lines[0]! : lines[index]!;
      line++;
      if (whole === '') continue;
      refuseLongLine(whole, line, maxCharacters);
      if (!isBlank(whole)) yield { line, text: whole };
    }
    rest = lines.length === 1 ? rest + text : lines.at(-1)!;
    refuseLongLine(rest, line + 1, maxCharacters);
  }
  if (!isBlank(rest)) yield { line: line + 1, text: rest };
}

export const isBlank = (text: string) => text === '' || text.trim() === '';

const LINE_END = /\r\n|\n|\r/;

export function refuseLongLine(text: string, line: number, maxCharacters: number = MAX_LINE_CHARACTERS): void {
  if (text.length > maxCharacters)
    throw new FileProblem('tooLarge', `Line ${line} is over ${maxCharacters} characters.`);
}
