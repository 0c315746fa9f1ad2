import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Running {
  process: ChildProcess;
  /** What it printed on the first line that fits, the first group of the pattern. Rejects when it ends without it. */
  printed(pattern: RegExp): Promise<string>;
  /** Ends it, by SIGTERM unless told, and waits for that. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** As in `npm start`. */
const NODE_OPTIONS = ['--max-old-space-size=200'];

/** Where the compiled files of this project are. */
const DIST = new URL('../../', import.meta.url);

/** Runs a compiled file (of this project, or of a copy by its whole path) in a Node process of its own, as `npm start` does. */
export function run(
  file: string,
  args: string[],
  env: Record<string, string>,
  nodeOptions: string[] = [],
): Running {
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
        child.on('exit', (code) =>
          reject(new Error(`${file} ended with ${code} before it printed ${pattern}`)),
        );
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
