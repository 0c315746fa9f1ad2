import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const LOADER = pathToFileURL(join(process.cwd(), 'test', 'support', 'typescriptLoader.js')).href;

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `npm start -- <args>` to its end, without npm. */
export function runMain(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', LOADER, join(process.cwd(), 'src', 'main.ts'), ...args],
      { env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    );
  });
}
