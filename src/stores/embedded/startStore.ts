import { open } from 'node:fs/promises';
import type { Report } from '../storesOptions.ts';
import { choosePort } from './choosePort.ts';
import { waitForPreviousServer } from './previousServer.ts';
import type { RunningStore } from './runningStore.ts';
import { type SupervisedProcess, startSupervised } from './supervisedProcess.ts';

/** How to run one kind of server. */
export interface StoreSpec {
  name: string;
  binary: string;
  args(port: number): readonly string[];
  url(port: number): string;
  logFile: string;
  pidFile: string;
  /** Matches the name of the server's program. */
  program: RegExp;
  /** Resolves once the server can be used. Rejects when that takes too long, and soon after the signal. */
  untilReady(port: number, signal: AbortSignal): Promise<void>;
}

const MAX_PORT_ATTEMPTS = 3;
const LOG_TAIL_BYTES = 2_000;
const LOG_TAIL_LINES = 8;

/**
 * Starts a server on the preferred port, or on a free one when that is taken, and resolves once it can be used.
 *
 * @throws Error when it ends while starting (with the end of its log), or is not ready in time
 */
export async function startStore(options: {
  spec: StoreSpec;
  port?: number | undefined;
  report: Report;
}): Promise<RunningStore> {
  const { spec, report } = options;
  // The previous server may still hold the preferred port.
  await waitForPreviousServer({ ...spec, report });
  let port = await choosePort(options.port);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const server = await startSupervised({ ...spec, args: spec.args(port) });
      await untilReady(spec, port, server);
      return { ...server, url: spec.url(port), port };
    } catch (error) {
      // Another process may have taken the port after it was chosen.
      const isPortTaken = /address already in use/i.test((error as Error).message);
      if (!isPortTaken || attempt === MAX_PORT_ATTEMPTS) throw error;
      port = await choosePort();
    }
  }
}

async function untilReady(spec: StoreSpec, port: number, server: SupervisedProcess): Promise<void> {
  const waiting = new AbortController();
  const ended = server.ended.then(async (exitCode) => {
    throw new Error(
      `${spec.name} (${spec.binary}) ended while starting, with exit code ${exitCode}.` +
        ` Its log, ${spec.logFile}, ends with:\n${await logTail(spec.logFile)}`,
    );
  });
  ended.catch(() => {});
  try {
    await Promise.race([spec.untilReady(port, waiting.signal), ended]);
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    waiting.abort();
  }
}

async function logTail(logFile: string): Promise<string> {
  const file = await open(logFile);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(LOG_TAIL_BYTES),
      position: Math.max(0, size - LOG_TAIL_BYTES),
    });
    return buffer.toString('utf8', 0, bytesRead).trim().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  } finally {
    await file.close();
  }
}
