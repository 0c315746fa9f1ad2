import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface ProcessState {
  /** Name of the program, as the system truncates it. */
  name: string;
  /** Start time in the format of the system. */
  startedAt: string;
}

/**
 * Start time of a process, which distinguishes it from others with the same id. Process ids are reused, in a container
 * even by each start of the same program. Empty if there is no such process.
 */
export async function processIdentity(pid: number): Promise<string> {
  return (await processState(pid))?.startedAt ?? '';
}

/** State of a process that still holds memory, files or ports; undefined if there is none. */
export async function processState(pid: number): Promise<ProcessState | undefined> {
  try {
    if (process.platform !== 'linux') {
      const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=,comm=', '-p', String(pid)]);
      return { startedAt: stdout.slice(0, LSTART_CHARACTERS), name: stdout.slice(LSTART_CHARACTERS).trim() };
    }
    const [stat, threads] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readdir(`/proc/${pid}/task`)]);
    // The second field is the program's name in parentheses, and may contain spaces and parentheses.
    const nameEnd = stat.lastIndexOf(')');
    const [state, ...fields] = stat.slice(nameEnd + 2).split(' ');
    // A zombie without threads holds nothing.
    if (state === 'Z' && threads.length <= 1) return undefined;
    return { startedAt: fields[STARTED_AT_FIELD] ?? '', name: stat.slice(stat.indexOf('(') + 1, nameEnd) };
  } catch {
    return undefined;
  }
}

/** Length of `Mon Nov 24 04:16:00 2025`. */
const LSTART_CHARACTERS = 24;
/** Index of field 22 of `stat` (proc(5)), counted from the fourth field. */
const STARTED_AT_FIELD = 18;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
