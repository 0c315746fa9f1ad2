import { inspect } from 'node:util';

/** Shared by the programs of this folder: progress lines and an orderly stop. */
export interface Program {
  progress(text: string): void;
  /** aborted by SIGINT and SIGTERM */
  signal: AbortSignal;
}

const STOP_PATIENCE_MS = 10_000;

export function startProgram(): Program {
  const started = performance.now();
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stopped.abort(new Error(`${signal}: ended before the end`));
      // The stores end with this process, so it ends although something is still awaited.
      setTimeout(() => process.exit(1), STOP_PATIENCE_MS).unref();
    });
  return {
    progress(text) {
      const seconds = Math.round((performance.now() - started) / 1000);
      process.stderr.write(`${String(seconds).padStart(4)} s  ${text}\n`);
    },
    signal: stopped.signal,
  };
}

/** Exits with 0 if `work` resolves to true, otherwise with 1. */
export function exitWith(work: Promise<boolean>): void {
  work.then(
    (good) => process.exit(good ? 0 : 1),
    (error) => {
      process.stderr.write(`${inspect(error)}\n`);
      process.exit(1);
    },
  );
}
