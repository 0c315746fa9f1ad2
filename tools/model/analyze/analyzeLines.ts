import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Analyze } from '../../../src/analysis/analysis.ts';

/** Longer chunks are written at once: a write for each line would take longer than the analysis. */
const CHUNK = 64 * 1024;

/**
 * Reads JSON lines (`id`, `improvements`), writes one JSON line for each in the same order, and waits whenever the reader
 * of the output does. A line that cannot be read is told to `reportLine` and left out. Gives how many there were of those.
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
  reportLine: (line: number, fault: string) => void;
}): Promise<number> {
  let number = 0;
  let broken = 0;
  let chunk = '';
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line.trim() === '') continue;
    const read = readLine(line);
    if (typeof read === 'string') {
      broken++;
      reportLine(number, read);
      continue;
    }
    chunk += `${answer(read, analyze)}\n`;
    if (chunk.length < CHUNK) continue;
    await write(output, chunk);
    chunk = '';
  }
  await write(output, chunk);
  return broken;
}

interface Line {
  id: unknown;
  improvements: string | undefined;
}

/** The line, or what is wrong with it. */
function readLine(line: string): Line | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not a JSON object';
  const { id, improvements } = value as Record<string, unknown>;
  if (id !== undefined && typeof id !== 'string' && typeof id !== 'number') return '"id" must be a text';
  if (improvements !== undefined && improvements !== null && typeof improvements !== 'string')
    return '"improvements" must be a text';
  return { id: id ?? null, improvements: improvements ?? undefined };
}

function answer({ id, improvements }: Line, analyze: Analyze): string {
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

/** Resolves when the stream takes more. */
function write(output: Writable, chunk: string): Promise<void> {
  if (chunk === '') return Promise.resolve();
  return new Promise((resolve, reject) => {
    output.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}
