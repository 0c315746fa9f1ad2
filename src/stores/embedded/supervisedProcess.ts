import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { recordServer } from './previousServer.ts';

/**
 * A server runs under a small shell, the guard, in a process group of its own:
 *
 * - Ctrl-C in the terminal reaches this process alone, so the service drains before its stores end.
 * - The guard's watcher holds the reading end of a pipe from this process. The pipe closes when `stop` is called and
 *   when this process is killed. The watcher then ends the server: SIGTERM first, SIGKILL after the grace period.
 *   The kernel closes the pipe in every case, so no server is left behind.
 *
 * The guard writes the server's process id to a file and to stdout, waits for the server and exits with its exit code.
 */
const GUARD = `
exec 3<&0 4>&1 </dev/null >&2
grace=$1 pid_file=$2; shift 2
"$@" 3<&- 4>&- &
server=$!
echo "$server" >"$pid_file"
echo "$server" >&4
exec 4>&-
(
  read -r _ <&3
  kill -TERM "$server" 2>/dev/null
  tenths=0
  while [ "$tenths" -lt "$grace" ] && kill -0 "$server" 2>/dev/null; do
    sleep 0.1
    tenths=$((tenths + 1))
  done
  kill -KILL "$server" 2>/dev/null
) &
watcher=$!
exec 3<&-
wait "$server"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
`;

/** Max time for a clean shutdown. */
const STOP_GRACE_MS = 8_000;
const FORCE_MARGIN_MS = 2_000;

export interface SupervisedProcess {
  pid: number;
  /** Resolves with the exit code once the server has ended. Never rejects. */
  ended: Promise<number>;
  /** Ends the server cleanly, or by force after 8 s. */
  stop(): Promise<void>;
}

/** Starts a server under a guard. `logFile` receives its output; later starts find the server by `pidFile`. */
export async function startSupervised(options: {
  binary: string;
  args: readonly string[];
  logFile: string;
  pidFile: string;
}): Promise<SupervisedProcess> {
  const { binary, args, logFile, pidFile } = options;
  const log = openSync(logFile, 'a', 0o600);
  const guard = spawn('/bin/sh', ['-c', GUARD, 'sh', String(STOP_GRACE_MS / 100), pidFile, binary, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', log],
  }) as ChildProcessByStdio<Writable, Readable, null>;
  closeSync(log);
  const ended = new Promise<number>((resolve) => {
    guard.on('exit', (code) => resolve(code ?? -1));
    guard.on('error', () => resolve(-1));
  });
  guard.stdin.on('error', () => {});
  const pid = await new Promise<number>((resolve, reject) => {
    let text = '';
    guard.on('error', reject);
    guard.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) resolve(Number(text));
    });
    guard.stdout.on('end', () => reject(new Error(`${binary} could not be started`)));
  });
  await recordServer(pidFile, pid);
  return {
    pid,
    ended,
    async stop() {
      guard.stdin.destroy();
      // Needed only if the watcher was killed.
      const force = setTimeout(() => killIfAlive(pid), STOP_GRACE_MS + FORCE_MARGIN_MS);
      await ended;
      clearTimeout(force);
    },
  };
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
