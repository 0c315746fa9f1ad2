import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface CommandResult {
  /** `undefined` when the command could not be run, or did not end in time. */
  exitCode: number | undefined;
  stdout: string;
  /** Its stderr, with the reason if it could not be run. */
  stderr: string;
}

interface CommandOptions {
  env: NodeJS.ProcessEnv;
  timeoutMs: number;
}

const MAX_ATTEMPTS = 6;
const run = promisify(execFile);

/** Runs a command to its end and never throws: the result holds the error. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await runOnce(command, args, options);
    // A process that is being forked can hold a file open for an instant after it was written.
    if (!result.stderr.includes('ETXTBSY') || attempt === MAX_ATTEMPTS) return result;
    await sleep(50 * attempt);
  }
}

async function runOnce(
  command: string,
  args: readonly string[],
  { env, timeoutMs }: CommandOptions,
): Promise<CommandResult> {
  try {
    const output = await run(command, args, { env, timeout: timeoutMs, killSignal: 'SIGKILL' });
    return { exitCode: 0, ...output };
  } catch (error) {
    const { code, killed, message, stdout = '', stderr = '' } = error as ExecError;
    if (typeof code === 'number') return { exitCode: code, stdout, stderr };
    const reason = killed ? `not done after ${timeoutMs / 1000} s` : message;
    return { exitCode: undefined, stdout, stderr: `${stderr}${reason}` };
  }
}

type ExecError = Error & { code?: number | string; killed?: boolean; stdout?: string; stderr?: string };
