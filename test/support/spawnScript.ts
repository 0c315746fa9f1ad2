import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

import { keepOutput, outputFile } from './outputs.ts';

const SUPPORT = join(process.cwd(), 'test', 'support');

/** Node's arguments that run a file of this project: `src/main.ts` as it is compiled, a script as it is. */
export function nodeArguments(file: string): string[] {
  // Compiled code starts in two thirds of the time. The set-up of the tests has compiled it.
  if (file === 'src/main.ts') return [join(process.cwd(), 'dist/src/main.js')];
  return ['--import', pathToFileURL(join(SUPPORT, 'typescriptLoader.js')).href, join(process.cwd(), file)];
}

/**
 * Runs a file of this project in a separate Node process, for tests that kill it. Its stderr goes to the test's. All its
 * output is searched for canaries after the suite.
 */
export function spawnScript(
  file: string,
  args: readonly string[],
  env: Record<string, string | undefined> = {},
): ChildProcessByStdio<null, Readable, Readable> & { line(pattern: RegExp): Promise<string> } {
  const child = spawn(process.execPath, [...nodeArguments(file), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const output = outputFile();
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    keepOutput(output, chunk);
    process.stderr.write(chunk);
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    keepOutput(output, chunk);
  });
  /** The first line of its stdout that matches. Rejects if the process ends without one. */
  const line = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = text.split('\n').find((candidate) => pattern.test(candidate));
        if (found !== undefined) resolve(found);
      };
      look();
      child.stdout.on('data', look);
      child.on('close', () => reject(new Error(`${file} ended without printing ${pattern}; it printed:\n${text}`)));
    });
  return Object.assign(child, { line });
}
