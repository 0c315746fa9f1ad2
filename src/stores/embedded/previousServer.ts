import { readFile, writeFile } from 'node:fs/promises';
import type { Report } from '../storesOptions.ts';
import { processIdentity, processState } from './processIdentity.ts';
import { waitUntil } from './waitUntil.ts';

/** A guard kills its server after 8 s. */
const EXIT = { timeoutMs: 20_000, reportAfterMs: 1_000, pollIntervalMs: 50 };

/** Records the server of a data folder, for `waitForPreviousServer` of later starts. */
export async function recordServer(pidFile: string, pid: number): Promise<void> {
  await writeFile(pidFile, `${pid}\n${await processIdentity(pid)}\n`);
}

/**
 * Waits until the previous server of a data folder has ended. After the service was killed, its server may still be
 * shutting down. Two servers on one folder would corrupt the data.
 *
 * @throws Error if it does not end in 20 s
 */
export async function waitForPreviousServer(options: {
  pidFile: string;
  /** Matches the name of the server's program, because the process id may have been reused. */
  program: RegExp;
  report: Report;
}): Promise<void> {
  const { pidFile, program, report } = options;
  const [pidText = '', startedAt = ''] = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  const pid = Number.parseInt(pidText, 10);
  if (!(pid > 0)) return;
  await waitUntil(
    async () =>
      (await isRunning({ pid, startedAt, program }))
        ? `process ${pid}, an earlier server of this data, is still running`
        : undefined,
    { ...EXIT, report },
  );
}

/** `startedAt` is empty if the service was killed after the guard wrote the id and before `recordServer`. */
async function isRunning(previous: { pid: number; startedAt: string; program: RegExp }): Promise<boolean> {
  const state = await processState(previous.pid);
  if (state === undefined || !previous.program.test(state.name)) return false;
  return previous.startedAt === '' || previous.startedAt === state.startedAt;
}
