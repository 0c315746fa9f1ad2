import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface ProcessState {
  /** The program's name, as the system shortens it. */
  name: string;
  /** When it started, in the system's own words. */
  startedAt: string;
}

/**
 * What tells a process from all others that had or will have its id: when it started. Ids are used again, in a
 * container even by each start of the same program. Empty when there is no such process.
 */
export async function processIdentity(pid: number): Promise<string> {
  return (await processState(pid))?.startedAt ?? '';
}

/** A process that still holds something: its memory, files or ports. */
export async function processState(pid: number): Promise<ProcessState | undefined> {
  try {
    if (process.platform !== 'linux') {
      const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=,comm=', '-p', String(pid)]);
      return { startedAt: stdout.slice(0, LSTART_CHARACTERS), name: stdout.slice(LSTART_CHARACTERS).trim() };
    }
    const [stat, threads] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readdir(`/proc/${pid}/task`),
    ]);
    // The second field, the program's name in parentheses, may itself contain spaces and parentheses.
    const nameEnd = stat.lastIndexOf(')');
    const [state, ...fields] = stat.slice(nameEnd + 2).split(' ');
    // What is left when the last thread has ended only waits for its parent to take note.
    if (state === 'Z' && threads.length <= 1) return undefined;
    return { startedAt: fields[STARTED_AT_FIELD] ?? '', name: stat.slice(stat.indexOf('(') + 1, nameEnd) };
  } catch {
    return undefined;
  }
}

/** `Mon Nov 24 04:16:00 2025`. */
const LSTART_CHARACTERS = 24;
/** Field 22 of proc(5)'s `stat`, counted from the fourth. */
const STARTED_AT_FIELD = 18;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
