import type { RawRecord } from '../ingest/rawRecords.ts';
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
import { idsOf } from '../models/mongodb/bulkWrites.ts';
import { eraseOrgRankings, settleRankings } from '../models/rankings/eraseFromRankings.ts';
import type { DeadLetterQueue } from '../queues/deadLetterQueue.ts';
import { ERASURE_QUEUE, type ErasureJob, type ErasureQueue } from '../queues/erasureQueue.ts';
import { scrubDeadLetters, scrubJobs } from '../queues/erasureScrub.ts';
import type { IngestQueue } from '../queues/ingestQueue.ts';
import {
  type BackgroundContext,
  type RunningWorker,
  startBackgroundWorker,
  type WorkerDependencies,
} from './startBackgroundWorker.ts';

interface ErasureWorkerOptions extends WorkerDependencies {
  erasures: ErasureQueue;
  ingest: IngestQueue;
  deadLetters: DeadLetterQueue;
  forgetPhrases: ForgetPhrases;
  /** Takes erased feedback out of the search index. False if the worker is stopping. */
  removeErased(context: BackgroundContext): Promise<boolean>;
}

/** Max ids that get tombstones at once; max feedback deleted, and max retained aggregates reduced, in one transaction. */
const CHUNK = { tombstones: 1_000, deleted: 100, retained: 100 };
const DUTY_CYCLE = { share: 0.5, maxPauseMs: 5_000 };
/** An erasure is stored before its job is added. The sweep adds jobs that were lost in between. */
const SWEEP_MS = 30_000;

/**
 * Starts the worker of erasures. An erasure that was interrupted begins again at step 1: each step looks in the
 * stores for what is left to do, and finds nothing if it was done.
 *
 * 1. Set tombstones of the subject, so that nothing of it can be stored again.
 * 2. Delete its feedback, chunk by chunk, with its contributions to aggregates and discovery.
 * 3. Remove its records from dead letters and from the ingest queues.
 * 4. For an org, erase retained totals, sketches and settings.
 * 5. Remove empty aggregates that name the subject, and its feedback from the search index.
 * 6. Wait until the rankings no longer contain it.
 * 7. Sign the receipt.
 */
export function createErasureWorker(options: ErasureWorkerOptions): RunningWorker {
  const { models, erasures, metrics } = options;

  /** Deletes the feedback that is stored now. False if the worker is stopping. */
  async function deleteFeedback(erasure: PendingErasure, context: BackgroundContext): Promise<boolean> {
    for await (const found of findErasable(models, erasure, CHUNK.tombstones)) {
      await setFeedbackTombstones(models, found, erasure.acceptedUntil);
      const ids = idsOf(found);
      for (let offset = 0; offset < ids.length; offset += CHUNK.deleted) {
        if (context.isStopping()) return false;
        const startMs = performance.now();
        const chunk = ids.slice(offset, offset + CHUNK.deleted);
        metrics.erased.inc(await eraseChunk(models, context.parts, options.forgetPhrases, erasure, chunk));
        await context.pause(context.pauseAfter(performance.now() - startMs));
      }
    }
    return !context.isStopping();
  }

  /** Erases what totals still count of an org's feedback that retention removed. False if the worker is stopping. */
  async function eraseRetained(erasureId: string, orgId: string, context: BackgroundContext): Promise<boolean> {
    const chunk = { erasureId, orgId, limit: CHUNK.retained };
    while (!context.isStopping()) {
      const startMs = performance.now();
      if ((await eraseRetainedTotals(models, context.parts, chunk)) === 0) return true;
      await context.pause(context.pauseAfter(performance.now() - startMs));
    }
    return false;
  }

  async function erase(id: string, context: BackgroundContext): Promise<boolean> {
    const found = await findErasure(models, id);
    if (!found?.subject || found.finishedAt) return true;
    const erasure = { ...found, subject: found.subject };
    metrics.erasureRunning.set(1);
    try {
      await beginErasure(models, found, found.subject);
      while (!(await isComplete(models, erasure))) if (!(await deleteFeedback(erasure, context))) return false;
      const isErased = (record: RawRecord) => matchesErasure(erasure, record);
      const deadLetters = await scrubDeadLetters(options.deadLetters, isErased);
      await recordRemoved(models, id, { deadLetters });
      for (const queue of [options.ingest.queue, options.ingest.overflow])
        await recordRemoved(models, id, { queued: await scrubJobs(queue, isErased) });
      if (erasure.subject.what === 'org') {
        const orgId = erasure.subject.id;
        if (!(await eraseRetained(id, orgId, context))) return false;
        await eraseOrgSketches(models, id, orgId);
        await recordRemoved(models, id, await eraseOrgSettings(models, orgId));
      }
      await removeEmptyAggregates(models, erasure);
      if (!(await options.removeErased(context))) return false;
      if (!(await settleRankings(models, context.isStopping))) return false;
      const { what, id: subjectId } = erasure.subject;
      if (what === 'org' && !(await eraseOrgRankings(models, subjectId, context.isStopping))) return false;
      await finishErasure(models, id);
      return true;
    } finally {
      metrics.erasureRunning.set(0);
    }
  }

  async function sweep(): Promise<void> {
    for (const id of await pendingErasureIds(models)) await erasures.request(id);
  }
  const sweeper = setInterval(() => void sweep().catch(() => {}), SWEEP_MS).unref();
  void sweep().catch(() => {});

  const worker = startBackgroundWorker<ErasureJob>(options, {
    queue: ERASURE_QUEUE,
    dutyCycle: DUTY_CYCLE,
    process: ({ erasureId }, _save, context) => erase(erasureId, context),
  });
  return {
    close() {
      clearInterval(sweeper);
      return worker.close();
    },
  };
}
