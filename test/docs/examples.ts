import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A shell example of a page, under its heading. */
export interface Example {
  heading: string;
  command: string;
}

/** The `sh` blocks of a page that call the API. */
export async function examplesOf(page: string): Promise<Example[]> {
  const examples: Example[] = [];
  let heading = '';
  for (const [, title, command] of (await readFile(page, 'utf8')).matchAll(/^#+ (.+)$|^```sh\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else if (command?.includes('curl')) examples.push({ heading, command });
  }
  return examples;
}

/** Runs an example as a reader would paste it. Returns the body and status of each of its calls. */
export async function runExample(
  { command }: Example,
  env: Record<string, string>,
): Promise<{ status: number; body: ReturnType<typeof JSON.parse> }[]> {
  const script = `curl() { command curl -sS -w '\\n%{http_code}\\n' "$@"; }\n${command}`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { env: { ...process.env, ...env } });
  const lines = stdout.trim().split('\n');
  return Array.from({ length: lines.length / 2 }, (_, n) => ({
    body: JSON.parse(lines[2 * n]!),
    status: Number(lines[2 * n + 1]),
  }));
}
