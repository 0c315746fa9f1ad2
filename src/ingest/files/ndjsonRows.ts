import { parseJsonText, WrongJson } from '../parseJson.ts';
import { type DecodedText, faultOf } from './decodeText.ts';
import type { TableRow } from './tableRow.ts';
import { textLines } from './textLines.ts';

/** Reads one JSON value for each line that is not blank. Throws FileProblem for a line over the limit. */
export async function* ndjsonRows(text: DecodedText): AsyncGenerator<TableRow> {
  for await (const { line, text: json } of textLines(text.chunks)) {
    yield { line, endLine: line, ...readJson(json, text) };
  }
}

function readJson(json: string, text: DecodedText): Pick<TableRow, 'value' | 'error'> {
  const fault = faultOf(json, text.encoding);
  if (fault !== undefined) return { error: fault };
  try {
    return { value: parseJsonText(json) };
  } catch (error) {
    if (!(error instanceof WrongJson)) throw error;
    return { error: `is not JSON: ${error.message}` };
  }
}
