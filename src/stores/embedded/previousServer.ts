import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../storesOptions.ts';
import { processIdentity, processState } from './processIdentity.ts';

/** Max wait for a previous server. A guard kills its server after 8 s. */
const EXIT_TIMEOUT_MS = 20_000;
const REPORT_AFTER_MS = 1_000;
const POLL_INTERVAL_MS = 50;

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
  const start = Date.now();
  let reported = false;
  while (await isRunning({ pid, startedAt, program })) {
    const waitedMs = Date.now() - start;
    if (waitedMs > EXIT_TIMEOUT_MS) {
      throw new Error(`process ${pid}, an earlier server of this data, is still running. End it first`);
    }
    if (waitedMs > REPORT_AFTER_MS && !reported) {
      reported = true;
      report(`Waiting for process ${pid}, an earlier server of this data, to end …`);
    }
    await sleep(POLL_INTERVAL_MS);
  }
}

/** `startedAt` is empty if the service was killed after the guard wrote the id and before `recordServer`. */
async function isRunning(previous: { pid: number; startedAt: string; program: RegExp }): Promise<boolean> {
  const state = await processState(previous.pid);
  if (state === undefined || !previous.program.test(state.name)) return false;
  return previous.startedAt === '' || previous.startedAt === state.startedAt;
}
