import type { Readable, Writable } from 'node:stream';
import type { Analyze } from '../../../src/analysis/analysis.ts';
import { decodeText, faultOf } from '../../../src/ingest/files/decodeText.ts';
import { textLines } from '../../../src/ingest/files/textLines.ts';

/** Characters of output collected before a write. A write for each line would take longer than the analysis. */
const CHUNK_LENGTH = 64 * 1024;
/** Max characters of one line. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

/**
 * Analyses JSON lines (`id`, `improvements`): writes one JSON line for each, in the same order, with back-pressure. Passes
 * an invalid line to `reportLine` and skips it.
 *
 * @returns the number of invalid lines
 * @throws FileProblem if the input is no text, or a line is too long
 */
export async function analyzeLines({
  input,
  output,
  analyze,
  reportLine,
}: {
  input: Readable;
  output: Writable;
  analyze: Analyze;
  reportLine: (line: number, error: string) => void;
}): Promise<number> {
  const text = await decodeText(buffersOf(input));
  let invalid = 0;
  let chunk = '';
  const report = (line: number, error: string) => {
    invalid++;
    reportLine(line, error);
  };
  try {
    for await (const { line, text: json } of textLines(text.chunks, MAX_CHARACTERS)) {
      const fault = faultOf(json, text.encoding);
      const parsed = fault ?? parseLine(json);
      if (typeof parsed === 'string') report(line, parsed);
      else chunk += `${resultLine(parsed, analyze)}\n`;
      if (chunk.length < CHUNK_LENGTH) continue;
      await write(output, chunk);
      chunk = '';
    }
  } finally {
    await write(output, chunk);
  }
  return invalid;
}

async function* buffersOf(input: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of input) yield Buffer.from(chunk);
}

interface Line {
  id: unknown;
  improvements: string | undefined;
}

/** Parses a line. Returns the error as a text. */
function parseLine(line: string): Line | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not a JSON object';
  const { id, improvements } = value as Record<string, unknown>;
  if (id !== undefined && typeof id !== 'string' && typeof id !== 'number') return '"id" must be a string or a number';
  if (improvements !== undefined && improvements !== null && typeof improvements !== 'string')
    return '"improvements" must be a string';
  return { id: id ?? null, improvements: improvements ?? undefined };
}

function resultLine({ id, improvements }: Line, analyze: Analyze): string {
  const { version, sentiment, kind, language, clauses, mentions } = analyze(improvements);
  return JSON.stringify({
    id,
    sentiment,
    kind,
    language,
    clauses,
    mentions: mentions.map(({ theme, start, end, sentiment }) => ({
      theme,
      clause: { start, end },
      sentiment,
    })),
    analysisVersion: version,
  });
}

/** Resolves when the stream accepts more (back-pressure). */
function write(output: Writable, chunk: string): Promise<void> {
  if (chunk === '') return Promise.resolve();
  return new Promise((resolve, reject) => {
    output.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}
