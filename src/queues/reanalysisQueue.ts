import type { Job, Queue } from 'bullmq';
import { openBackgroundQueue } from './backgroundQueue.ts';
import { type Connection, QueueUnavailable } from './connect.ts';

export const REANALYSIS_QUEUE = 'reanalysis';

/** The re-analysis of one scope, and how far it has come: what a job that is taken up again begins with. */
export interface ReanalysisJob {
  version: 1;
  /** null: all feedback, of every org and of none */
  orgId: string | null;
  /** which time through; the last one finds nothing left */
  pass: number;
  /** behind this feedback the pass goes on */
  cursor: { createdAt: number; id: string } | null;
  /** feedback looked at in this pass, and about how many there are */
  walked: number;
  total: number;
  /** feedback that was analysed anew, in all passes; of those, whose counts changed */
  reanalysed: number;
  changed: number;
  /** milliseconds at it, pauses included, in all passes */
  elapsedMs: number;
}

export interface Reanalysis extends ReanalysisJob {
  id: string;
  state: 'waiting' | 'running' | 'done';
  requestedAt: Date;
  finishedAt: Date | null;
}

/** Crashes and outages are waited out without limit: the job goes on where it was. */
const POLICY = {
  retryDelayMs: 2_000,
  keptDone: 200,
} as const;

export interface ReanalysisQueue {
  /** Asks for the re-analysis of a scope. One that waits already is that one. Throws QueueUnavailable. */
  request(orgId: string | null): Promise<Reanalysis>;
  /** The one that is under way, else the one that waits, else the last that was done. */
  find(orgId: string | null): Promise<Reanalysis | undefined>;
  queue: Queue<ReanalysisJob>;
  close(): Promise<void>;
}

export function createReanalysisQueue(options: { connection: Connection; prefix: string }): ReanalysisQueue {
  const queue = openBackgroundQueue<ReanalysisJob>(REANALYSIS_QUEUE, { ...options, ...POLICY });

  /** Newest first. In one command: a job that changes its state in between would be missed by one for each state. */
  async function listOf(orgId: string | null): Promise<Reanalysis[]> {
    const jobs = await queue.getJobs(['active', 'waiting', 'delayed', 'completed']);
    return jobs
      .filter((job) => job?.data.orgId === orgId)
      .sort((a, b) => b.timestamp - a.timestamp)
      .map(reanalysisOf);
  }

  async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
    if (options.connection.status !== 'ready') throw new QueueUnavailable('Redis is not connected');
    try {
      return await work();
    } catch (error) {
      throw new QueueUnavailable('Redis did not answer', { cause: error });
    }
  }

  return {
    queue,
    request: (orgId) =>
      orUnavailable(async () => {
        // One that is under way may be past the end of its last look, so another one follows it.
        const waiting = (await listOf(orgId)).find(({ state }) => state === 'waiting');
        return waiting ?? reanalysisOf(await queue.add('scope', newJob(orgId)));
      }),
    find: (orgId) =>
      orUnavailable(async () => {
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

/** One that was taken up is running until it is done, though it may wait for another worker in between. */
function reanalysisOf(job: Job<ReanalysisJob>): Reanalysis {
  const finishedAt = job.finishedOn === undefined ? null : new Date(job.finishedOn);
  const state = finishedAt ? 'done' : job.processedOn === undefined ? 'waiting' : 'running';
  return { ...job.data, id: job.id ?? '', state, requestedAt: new Date(job.timestamp), finishedAt };
}
