import { execFile } from 'node:child_process';
import { nodeArguments } from './spawnScript.ts';

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
      [...nodeArguments('src/main.ts'), ...args],
      { env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    );
  });
}
