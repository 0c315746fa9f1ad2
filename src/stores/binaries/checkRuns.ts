import { runCommand } from './runCommand.ts';

const VERSION_TIMEOUT_MS = 20_000;

/**
 * Runs `binary --version`, because an existing file may not run here (another architecture, a missing library).
 *
 * @returns the version, such as `6.0.5`
 * @throws Error with a reason of one line
 */
export async function checkRuns(binary: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(binary, ['--version'], { env, timeoutMs: VERSION_TIMEOUT_MS });
  if (exitCode !== 0) throw new Error(`it does not run: ${firstLine(stderr) || `exit code ${exitCode}`}`);
  const version = /v=?(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`it is something else: its version reads '${firstLine(stdout)}'`);
  return version;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
