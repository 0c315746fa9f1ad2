import { setTimeout as sleep } from 'node:timers/promises';
import { cutIntoBatches } from '../../../src/ingest/groupCommit.ts';
import { jobBytes } from '../../../src/ingest/job.ts';
import { PAIRED_KIND } from '../../../src/models/aggregates/aggregateSchema.ts';
import { createIngestQueue } from '../../../src/queues/ingestQueue.ts';
import { acceptedFeedback, inBatches, type Spread } from '../../support/feedbackBodies.ts';
import { type Running, run } from '../../support/processes.ts';
import type { Sandbox } from './bench.ts';

/** Feedback per job, as group commit makes them under 64 connections. */
const JOB = { batchFeedback: 64, batchBytes: 256 * 1024 };
/** Fraction of the backlog that warms up, by default. */
const WARM_UP = 0.25;

/** Puts a backlog into the queue of a sandbox, as the API would. */
export async function fillQueue(sandbox: Sandbox, spread: Spread, prefix?: string): Promise<void> {
  const ingest = createIngestQueue({ connection: sandbox.redis, prefix: sandbox.prefix });
  await ingest.queue.waitUntilReady();
  for (const many of inBatches(acceptedFeedback(spread, prefix), JOB.batchFeedback * 50))
    await ingest.send(
      cutIntoBatches(
        many.map((feedback) => ({ feedback, priority: 0, bytes: jobBytes(feedback) })),
        JOB,
      ),
    );
  await ingest.close();
}

export function startWorker(sandbox: Sandbox, env: Record<string, string> = {}): Running {
  return run('src/main.js', ['worker'], { ...sandbox.env, ...env });
}

/**
 * Lets a worker drain a sandbox's backlog. Returns feedback stored a second, measured from the end of the warm-up until all
 * is stored. `before` is the number stored already.
 */
export async function drain(
  sandbox: Sandbox,
  worker: Running,
  { count, before = 0, warmUp = WARM_UP }: { count: number; before?: number; warmUp?: number },
): Promise<number> {
  let [from, since] = [0, 0];
  for (;;) {
    const stored = (await sandbox.models.feedback.estimatedDocumentCount()) - before;
    if (since === 0 && stored >= count * warmUp) [from, since] = [stored, performance.now()];
    if (stored >= count) return (stored - from) / ((performance.now() - since) / 1000);
    if (worker.process.exitCode !== null) throw new Error('the worker ended before it was done');
    await sleep(10);
  }
}

/** Throws unless the aggregates of each level count every feedback once. */
export async function checkExact({ models }: Sandbox, count: number): Promise<void> {
  const stored = await models.feedback.countDocuments();
  const sums = await models.aggregates.aggregate<{ _id: string; n: number; both: number }>([
    // Only some users take part in an experiment.
    { $match: { kind: { $ne: 'variant' } } },
    { $group: { _id: '$kind', n: { $sum: '$n' }, both: { $sum: { $cond: ['$also', '$n', 0] } } } },
  ]);
  const counts = new Map(sums.map(({ _id, n }) => [_id, n]));
  for (const { _id: first, both } of sums) {
    const second = PAIRED_KIND[first as keyof typeof PAIRED_KIND];
    if (second) counts.set(second, (counts.get(second) ?? 0) + both);
  }
  const wrong = [...counts].filter(([, n]) => n !== count).map(([kind, n]) => `${kind} counts ${n}`);
  if (stored !== count || counts.size !== 6 || wrong.length > 0)
    throw new Error(`not exact: ${count} sent, ${stored} stored; ${wrong.join(', ')}`);
}
