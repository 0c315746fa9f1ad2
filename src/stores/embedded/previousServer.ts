import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../storesOptions.ts';
import { processIdentity, processState } from './processIdentity.ts';

/** Longer than a guard gives its server to shut down. */
const LEAVE_TIMEOUT_MS = 20_000;
const REPORT_AFTER_MS = 1_000;
const POLL_INTERVAL_MS = 50;

/** Writes down which server uses a data folder, for `waitForFormerServer` to know it by. */
export async function recordServer(pidFile: string, pid: number): Promise<void> {
  await writeFile(pidFile, `${pid}\n${await processIdentity(pid)}\n`);
}

/**
 * Waits until the server that used a data folder before has left it. After this process' predecessor was killed, its
 * server may still be shutting down; two servers on one folder would spoil the data.
 *
 * @throws Error when it does not leave in 20 s
 */
export async function waitForPreviousServer(options: {
  pidFile: string;
  /** The name of such a server's program; the id may belong to something else by now. */
  program: RegExp;
  report: Report;
}): Promise<void> {
  const { pidFile, program, report } = options;
  const [pidText = '', startedAt = ''] = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  const pid = Number.parseInt(pidText, 10);
  if (!(pid > 0)) return;
  const start = Date.now();
  let reported = false;
  while (await isThere({ pid, startedAt, program })) {
    const waitedMs = Date.now() - start;
    if (waitedMs > LEAVE_TIMEOUT_MS) {
      throw new Error(`process ${pid}, started earlier on this data, is still running; end it first`);
    }
    if (waitedMs > REPORT_AFTER_MS && !reported) {
      reported = true;
      report(`Waiting for process ${pid}, which used this data before, to end …`);
    }
    await sleep(POLL_INTERVAL_MS);
  }
}

/** When it started is unknown where the guard wrote the id down, but was left before this process could add to it. */
async function isThere(former: { pid: number; startedAt: string; program: RegExp }): Promise<boolean> {
  const state = await processState(former.pid);
  if (state === undefined || !former.program.test(state.name)) return false;
  return former.startedAt === '' || former.startedAt === state.startedAt;
}
