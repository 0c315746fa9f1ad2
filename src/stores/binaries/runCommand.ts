import { spawn } from 'node:child_process';

export interface CommandResult {
  /** `undefined` when the command could not be run, or did not end in time. */
  exitCode: number | undefined;
  stdout: string;
  /** What it wrote to stderr, or why it could not be run. */
  stderr: string;
}

const FILE_BUSY_RETRIES = 5;

/** Runs a command to its end and never throws: what went wrong is in the result. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; timeoutMs: number },
): Promise<CommandResult> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await runOnce(command, args, options);
    // A file just written can be held open for an instant by a process being forked at the same time.
    if (!result.stderr.includes('ETXTBSY') || attempt > FILE_BUSY_RETRIES) return result;
    await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
  }
}

function runOnce(
  command: string,
  args: readonly string[],
  { env, timeoutMs }: { env: NodeJS.ProcessEnv; timeoutMs: number },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    const failed = (error: Error) =>
      resolve({ exitCode: undefined, stdout, stderr: `${stderr}${error.message}` });
    try {
      const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      const timer = setTimeout(() => {
        stderr += `not done after ${timeoutMs / 1000} s`;
        child.kill('SIGKILL');
      }, timeoutMs);
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      child.on('error', (error) => {
        clearTimeout(timer);
        failed(error);
      });
      child.on('close', (code) => {
        clearTimeout(timer);
        resolve({ exitCode: code ?? undefined, stdout, stderr });
      });
    } catch (error) {
      failed(error as Error);
    }
  });
}
