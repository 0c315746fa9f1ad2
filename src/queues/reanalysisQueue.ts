import type { Job, Queue } from 'bullmq';
import { openBackgroundQueue } from './backgroundQueue.ts';
import { orUnavailable } from './connect.ts';
import type { QueueOptions } from './openQueue.ts';

export const REANALYSIS_QUEUE = 'reanalysis';

/** The re-analysis of one scope, and its progress, from which another worker can continue it. */
export interface ReanalysisJob {
  version: 1;
  /** null: all feedback, with and without an org */
  orgId: string | null;
  /** number of the pass, from 1; the last pass finds nothing outdated */
  pass: number;
  /** last feedback of the pass so far */
  cursor: { createdAt: number; id: string } | null;
  /** number of feedback examined in this pass */
  walked: number;
  /** approximate number of feedback in the scope */
  total: number;
  /** number of feedback analysed again, in all passes */
  reanalysed: number;
  /** feedback whose counts changed */
  changed: number;
  /** time spent in all passes, with pauses */
  elapsedMs: number;
}

export interface Reanalysis extends ReanalysisJob {
  id: string;
  state: 'waiting' | 'running' | 'done';
  requestedAt: Date;
  finishedAt: Date | null;
}

export interface ReanalysisQueue {
  /** Requests the re-analysis of a scope, or returns the one that waits already. Throws QueueUnavailable. */
  request(orgId: string | null): Promise<Reanalysis>;
  /** The running re-analysis of a scope, else the waiting one, else the last one done. Throws QueueUnavailable. */
  find(orgId: string | null): Promise<Reanalysis | undefined>;
  queue: Queue<ReanalysisJob>;
  close(): Promise<void>;
}

export function createReanalysisQueue(options: QueueOptions): ReanalysisQueue {
  const queue = openBackgroundQueue<ReanalysisJob>(REANALYSIS_QUEUE, options, { retryDelayMs: 2_000, keptDone: 200 });

  /** Newest first. Reads all states in one command, since a job may change its state between two. */
  async function listOf(orgId: string | null): Promise<Reanalysis[]> {
    const jobs = await queue.getJobs(['active', 'waiting', 'delayed', 'completed']);
    return jobs
      .filter((job) => job?.data.orgId === orgId)
      .sort((a, b) => b.timestamp - a.timestamp)
      .map(reanalysisOf);
  }

  return {
    queue,
    request: (orgId) =>
      orUnavailable(options.connection, async () => {
        // A running one may have passed new feedback already, so another one follows it.
        const waiting = (await listOf(orgId)).find(({ state }) => state === 'waiting');
        return waiting ?? reanalysisOf(await queue.add('scope', newJob(orgId)));
      }),
    find: (orgId) =>
      orUnavailable(options.connection, async () => {
        const all = await listOf(orgId);
        const inState = (wanted: Reanalysis['state']) => all.find(({ state }) => state === wanted);
        return inState('running') ?? inState('waiting') ?? inState('done');
      }),
    close: () => queue.close(),
  };
}

function newJob(orgId: string | null): ReanalysisJob {
  const counts = { walked: 0, total: 0, reanalysed: 0, changed: 0, elapsedMs: 0 };
  return { version: 1, orgId, pass: 1, cursor: null, ...counts };
}

/** A re-analysis is running from its first worker on, even while it waits for another worker. */
function reanalysisOf(job: Job<ReanalysisJob>): Reanalysis {
  const finishedAt = job.finishedOn === undefined ? null : new Date(job.finishedOn);
  const state = finishedAt ? 'done' : job.processedOn === undefined ? 'waiting' : 'running';
  return { ...job.data, id: job.id ?? '', state, requestedAt: new Date(job.timestamp), finishedAt };
}
