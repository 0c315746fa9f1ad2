import type { Admission, BacklogLimits } from '../ingest/overload/admission.ts';
import { pingDatabase } from '../models/database.ts';
import { countPendingImports } from '../models/imports/imports.ts';
import { readQueueState } from '../queues/queueState.ts';
import type { Dependencies } from './openDependencies.ts';

export type Gauges = ReturnType<typeof createGauges>;

/** Value at which a gauge of documents ends, so that a scrape stays quick. */
const MAX_COUNTED = 50_000;

/** Reads the present state of the stores for metrics, readiness and admission control. */
export function createGauges(shared: Dependencies, admission: Admission, limits: BacklogLimits) {
  const { metrics, models, redis, ingest, ...others } = shared;
  const background = [others.deadLetters, others.reanalyses, others.erasures, others.retention, others.imports];
  const queues = [ingest.queue, ingest.overflow, ...background.map(({ queue }) => queue)];

  /** Pings each dependency. Returns if it answers, by name. */
  async function dependencies(): Promise<Record<string, boolean>> {
    const up = { redis: redis.status === 'ready', mongodb: await pingDatabase(models) };
    for (const [dependency, isUp] of Object.entries(up)) metrics.dependencyUp.set({ dependency }, isUp ? 1 : 0);
    return up;
  }

  /** Reads the memory that Redis uses, for admission control. */
  async function sampleBacklog(): Promise<void> {
    const usedBytes = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1] ?? 0);
    admission.sample(usedBytes, performance.now());
    metrics.backlogBytes.set({ kind: 'used' }, usedBytes);
    metrics.backlogBytes.set({ kind: 'limit' }, limits.all);
    metrics.backlogBytes.set({ kind: 'overflow_limit' }, limits.overflow);
  }

  /** Reads every value that must be fresh at a scrape. */
  async function sample(): Promise<void> {
    const { mongodb } = await dependencies();
    await sampleBacklog();
    if (mongodb) {
      // MongoDB's estimate stays wrong after it was killed.
      metrics.discoveryPendingBatches.set(await models.pendingTexts.countDocuments({}, { limit: MAX_COUNTED }));
      metrics.searchPending.set({ kind: 'notes' }, await models.searchNotes.countDocuments({}, { limit: MAX_COUNTED }));
      metrics.searchPending.set({ kind: 'blocks' }, await models.searchBlocks.countDocuments({ isDirty: true }));
    }
    if (mongodb)
      for (const [state, count] of await countPendingImports(models)) metrics.importsPending.set({ state }, count);
    for (const queue of queues) {
      const { jobs, oldestJobAgeSeconds } = await readQueueState(queue, redis, Date.now());
      for (const [state, count] of Object.entries(jobs)) metrics.queueJobs.set({ queue: queue.name, state }, count);
      metrics.oldestJobAge.set({ queue: queue.name }, oldestJobAgeSeconds);
    }
  }

  return { dependencies, sampleBacklog, sample };
}
