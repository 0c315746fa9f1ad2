import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { recordServer } from './previousServer.ts';

/**
 * A server runs under a small shell, the guard, in a process group of its own:
 *
 * - The terminal's Ctrl-C reaches this process alone, so that the service drains before its stores go away.
 * - The guard's watcher holds the reading end of a pipe from this process. When the pipe closes, because `stop` was
 *   called or because this process was killed, the watcher ends the server: SIGTERM first, SIGKILL when that takes
 *   too long. The kernel closes the pipe whatever happens here, so no server is ever left behind.
 *
 * The guard writes down the server's process id and prints it, waits for the server and exits with its exit code.
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

/** How long a server may take to shut down cleanly. */
const STOP_GRACE_MS = 8_000;
const FORCE_MARGIN_MS = 2_000;
/** A log larger than this is set aside, and the one set aside before is dropped. */
const MAX_LOG_BYTES = 10_000_000;
const LOG_CHECK_INTERVAL_MS = 5 * 60_000;

export interface SupervisedProcess {
  pid: number;
  /** Resolves with the exit code once the server has ended, and never rejects. */
  ended: Promise<number>;
  /** Ends the server cleanly, or by force when that takes longer than 8 s. */
  stop(): Promise<void>;
}

/**
 * Starts a server under a guard. `logFile` gets what it prints; `pidFile` tells later starts whom to wait for;
 * `reopenLogSignal` makes it open its log anew, where it needs to be told.
 */
export async function startSupervised(options: {
  binary: string;
  args: readonly string[];
  logFile: string;
  pidFile: string;
  reopenLogSignal?: NodeJS.Signals | undefined;
}): Promise<SupervisedProcess> {
  const { binary, args, logFile, pidFile, reopenLogSignal } = options;
  await rotateLog(logFile);
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
  const logCheck = setInterval(async () => {
    if ((await rotateLog(logFile)) && reopenLogSignal) signalIfAlive(pid, reopenLogSignal);
  }, LOG_CHECK_INTERVAL_MS).unref();
  void ended.then(() => clearInterval(logCheck));
  return {
    pid,
    ended,
    async stop() {
      guard.stdin.destroy();
      // Needed only when someone killed the watcher.
      const force = setTimeout(() => signalIfAlive(pid, 'SIGKILL'), STOP_GRACE_MS + FORCE_MARGIN_MS);
      await ended;
      clearTimeout(force);
    },
  };
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended on its own.
  }
}

/** Says whether the log was set aside. */
async function rotateLog(logFile: string): Promise<boolean> {
  try {
    if ((await stat(logFile)).size <= MAX_LOG_BYTES) return false;
    await rename(logFile, `${logFile}.1`);
    return true;
  } catch {
    return false;
  }
}
