import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics/metrics.ts';
import { createPartsWriter, type PartsWriter } from '../models/aggregates/partsWriter.ts';
import type { Models } from '../models/database.ts';
import { consumeBackgroundQueue } from '../queues/backgroundQueue.ts';
import type { Connection } from '../queues/connect.ts';
import type { WorkerQueue } from '../queues/openQueue.ts';

/** Dependencies that every worker has. */
export interface WorkerDependencies {
  connection: Connection;
  prefix: string;
  models: Models;
  metrics: Metrics;
  log: Logger;
}

export interface RunningWorker {
  /** Stops taking jobs, and resolves when the current step has ended. */
  close(): Promise<void>;
}

/** Limits how much of the time a worker works. After each step it pauses, at most `maxPauseMs`. */
interface DutyCycle {
  /** share of the time, above 0 to 1 */
  share: number;
  maxPauseMs: number;
}

export interface BackgroundContext {
  parts: PartsWriter;
  isStopping(): boolean;
  /** Milliseconds to pause after a step that took `tookMs`. */
  pauseAfter(tookMs: number): number;
  /** Waits, or returns at once if the worker is stopping. */
  pause(ms: number): Promise<void>;
}

/** Runs a job, and saves its progress with `save`. Resolves to false if it stopped because `isStopping`. */
export type BackgroundProcess<Job> = (
  job: Job,
  save: (job: Job) => Promise<void>,
  context: BackgroundContext,
) => Promise<boolean>;

/**
 * Starts a worker of long jobs beside the ingest. It runs one job of its queue at a time. A failed or interrupted job
 * runs again, maybe in another worker, until it is done. So `process` must be able to resume.
 */
export function startBackgroundWorker<Job>(
  { models, metrics, log, connection, prefix }: WorkerDependencies,
  { queue, dutyCycle, process }: { queue: WorkerQueue; dutyCycle: DutyCycle; process: BackgroundProcess<Job> },
): RunningWorker {
  const stop = new AbortController();
  const context: BackgroundContext = {
    parts: createPartsWriter(models, { onConflict: () => metrics.transactionRetries.inc() }),
    isStopping: () => stop.signal.aborted,
    pauseAfter: (tookMs) => Math.min(tookMs * (1 / dutyCycle.share - 1), dutyCycle.maxPauseMs),
    pause: (ms) => sleep(ms, undefined, { signal: stop.signal }).catch(() => {}),
  };
  const worker = consumeBackgroundQueue<Job>(queue, {
    connection,
    prefix,
    process: (job, save) => process(job, save, context),
    onOutcome: (_, outcome, error) => {
      metrics.jobAttempts.inc({ queue, outcome });
      if (error && !stop.signal.aborted) log.warn({ err: error, queue }, 'a background job failed and will be resumed');
    },
    onError: (error) => log.warn({ err: error, queue }, 'the background worker reported an error'),
  });
  return {
    close() {
      stop.abort();
      return worker.close();
    },
  };
}
