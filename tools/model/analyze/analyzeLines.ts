import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Analyze } from '../../../src/analysis/analysis.ts';

/** Characters of output collected before a write. A write for each line would take longer than the analysis. */
const CHUNK_LENGTH = 64 * 1024;

/**
 * Analyses JSON lines (`id`, `improvements`): writes one JSON line for each, in the same order, with back-pressure. Passes
 * an invalid line to `reportLine` and skips it.
 *
 * @returns the number of invalid lines
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
  let number = 0;
  let invalid = 0;
  let chunk = '';
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line.trim() === '') continue;
    const parsed = parseLine(line);
    if (typeof parsed === 'string') {
      invalid++;
      reportLine(number, parsed);
      continue;
    }
    chunk += `${resultLine(parsed, analyze)}\n`;
    if (chunk.length < CHUNK_LENGTH) continue;
    await write(output, chunk);
    chunk = '';
  }
  await write(output, chunk);
  return invalid;
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
