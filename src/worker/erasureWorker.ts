import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { RawRecord } from '../ingest/rawRecords.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { createPartsWriter } from '../models/aggregates/partsWriter.ts';
import type { Models } from '../models/database.ts';
import {
  eraseChunk,
  type ForgetPhrases,
  findErasable,
  isComplete,
  matchesErasure,
  type PendingErasure,
  recordRemoved,
  removeEmptyAggregates,
} from '../models/erasure/eraseFeedback.ts';
import { eraseOrgSettings } from '../models/erasure/eraseOrgSettings.ts';
import { eraseOrgSketches } from '../models/erasure/eraseOrgSketches.ts';
import { eraseRetainedTotals } from '../models/erasure/eraseRetainedTotals.ts';
import {
  beginErasure,
  findErasure,
  finishErasure,
  pendingErasureIds,
  setFeedbackTombstones,
} from '../models/erasure/erasures.ts';
import { startBackgroundWorker } from '../queues/backgroundQueue.ts';
import type { Connection } from '../queues/connect.ts';
import type { DeadLetterQueue } from '../queues/deadLetterQueue.ts';
import { ERASURE_QUEUE, type ErasureJob, type ErasureQueue } from '../queues/erasureQueue.ts';
import { scrubDeadLetters, scrubJobs } from '../queues/erasureScrub.ts';
import type { IngestQueue } from '../queues/ingestQueue.ts';

export interface ErasureWorkerOptions {
  connection: Connection;
  prefix: string;
  models: Models;
  erasures: ErasureQueue;
  ingest: IngestQueue;
  deadLetters: DeadLetterQueue;
  forgetPhrases: ForgetPhrases;
  metrics: Metrics;
  log: Logger;
}

/** Ids that get tombstones together; feedback that is deleted, and aggregates that lose retired feedback, in one transaction. */
const CHUNK = { buried: 1_000, deleted: 100, retired: 100 };
/** It rests as long as a chunk took. */
const MAX_PAUSE_MS = 5_000;
/** An erasure is written down before it is put into the queue; what never got there is found by then. */
const SWEEP_MS = 30_000;

/**
 * Starts the worker of erasures. Every step finds what is left to do in the database itself, so an erasure that was broken
 * off begins at the first step again, and each that was done finds nothing.
 */
export function createErasureWorker(options: ErasureWorkerOptions): { close(): Promise<void> } {
  const { models, erasures, metrics, log } = options;
  const stop = new AbortController();
  const parts = createPartsWriter(models, { onConflict: () => metrics.transactionRetries.inc() });
  const pause = (ms: number) => sleep(ms, undefined, { signal: stop.signal }).catch(() => {});

  /** Once through what is stored of the subject. False: it was stopped. */
  async function pass(erasure: PendingErasure): Promise<boolean> {
    for await (const ids of findErasable(models, erasure, CHUNK.buried)) {
      await setFeedbackTombstones(models, ids, erasure.acceptedUntil);
      for (let at = 0; at < ids.length; at += CHUNK.deleted) {
        if (stop.signal.aborted) return false;
        const since = performance.now();
        const chunk = ids.slice(at, at + CHUNK.deleted);
        metrics.erased.inc(await eraseChunk(models, parts, options.forgetPhrases, erasure, chunk));
        await pause(Math.min(performance.now() - since, MAX_PAUSE_MS));
      }
    }
    return !stop.signal.aborted;
  }

  /** Once through what totals count of feedback of an org that retention removed. False: it was stopped. */
  async function passRetired(erasureId: string, orgId: string): Promise<boolean> {
    while (!stop.signal.aborted) {
      const since = performance.now();
      if ((await eraseRetainedTotals(models, parts, { erasureId, orgId, limit: CHUNK.retired })) === 0)
        return true;
      await pause(Math.min(performance.now() - since, MAX_PAUSE_MS));
    }
    return false;
  }

  async function process(id: string): Promise<boolean> {
    const found = await findErasure(models, id);
    if (!found?.subject || found.finishedAt) return true;
    const erasure = { ...found, subject: found.subject };
    metrics.erasureRunning.set(1);
    try {
      await beginErasure(models, found, found.subject);
      while (!(await isComplete(models, erasure))) if (!(await pass(erasure))) return false;
      const isUnwanted = (record: RawRecord) => matchesErasure(erasure, record);
      const deadLetters = await scrubDeadLetters(options.deadLetters, isUnwanted);
      await recordRemoved(models, id, { deadLetters });
      for (const queue of [options.ingest.queue, options.ingest.overflow])
        await recordRemoved(models, id, { queued: await scrubJobs(queue, isUnwanted) });
      if (erasure.subject.what === 'org') {
        const orgId = erasure.subject.id;
        if (!(await passRetired(id, orgId))) return false;
        await eraseOrgSketches(models, id, orgId);
        await recordRemoved(models, id, await eraseOrgSettings(models, orgId));
      }
      await removeEmptyAggregates(models, erasure);
      await finishErasure(models, id);
      return true;
    } finally {
      metrics.erasureRunning.set(0);
    }
  }

  async function sweep(): Promise<void> {
    for (const id of await pendingErasureIds(models)) await erasures.request(id);
  }
  const sweeper = setInterval(() => void sweep().catch(() => {}), SWEEP_MS);
  sweeper.unref();
  void sweep().catch(() => {});

  const worker = startBackgroundWorker<ErasureJob>(ERASURE_QUEUE, {
    connection: options.connection,
    prefix: options.prefix,
    process: ({ erasureId }) => process(erasureId),
    onOutcome: (outcome, error) => {
      metrics.jobAttempts.inc({ queue: ERASURE_QUEUE, outcome });
      if (error && !stop.signal.aborted) log.warn({ err: error }, 'an erasure was interrupted and goes on');
    },
    onError: (error) => log.warn({ err: error }, 'the worker of erasures met an error'),
  });
  return {
    async close() {
      stop.abort();
      clearInterval(sweeper);
      await worker.close();
    },
  };
}
