import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Running {
  process: ChildProcess;
  /** The first group of the first output line that matches. Rejects if the process ends without such a line. */
  printed(pattern: RegExp): Promise<string>;
  /** Ends the process (SIGTERM by default) and waits. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Node options of `npm start`. */
const NODE_OPTIONS = ['--max-old-space-size=200'];

/** Folder of this project's compiled files. */
const DIST = new URL('../../', import.meta.url);

/** Runs a compiled file in its own Node process, as `npm start` does. `file` is relative to `dist`, or absolute. */
export function run(file: string, args: string[], env: Record<string, string>, nodeOptions: string[] = []): Running {
  const path = fileURLToPath(new URL(file, DIST));
  const profile = process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [];
  const child = spawn(process.execPath, [...NODE_OPTIONS, ...nodeOptions, ...profile, path, ...args], {
    env: { ...process.env, LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return {
    process: child,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(text);
          if (!found) return;
          child.stdout.off('data', look);
          resolve(found[1] ?? found[0]);
        };
        child.stdout.on('data', look);
        child.on('exit', (code) => reject(new Error(`${file} ended with ${code} before it printed ${pattern}`)));
        look();
      }),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}
