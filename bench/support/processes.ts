import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Running {
  process: ChildProcess;
  /** What it printed on the first line that fits, the first group of the pattern. Rejects when it ends without it. */
  printed(pattern: RegExp): Promise<string>;
  /** Ends it, and waits for that. */
  stop(): Promise<void>;
}

/** As in `npm start`. */
const NODE_OPTIONS = ['--max-old-space-size=192', '--enable-source-maps'];

/** Runs a compiled file of this project in a Node process of its own, as `npm start` does. */
export function run(file: string, args: string[], env: Record<string, string>): Running {
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  const profile = process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [];
  const child = spawn(process.execPath, [...NODE_OPTIONS, ...profile, path, ...args], {
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
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
