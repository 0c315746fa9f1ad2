import { Queue } from 'bullmq';
import { acceptedFeedback, inBatches } from '../../support/feedbackBodies.ts';
import { readMetrics } from '../../support/metricsOf.ts';
import { run } from '../../support/processes.ts';
import { type Sandbox, withSandbox } from '../support/bench.ts';
import { finishedDocuments } from '../support/documents.ts';
import { checkExact, drain, fillQueue, startWorker } from '../support/drain.ts';
import type { Bench, Experiment } from '../support/figure.ts';
import { insertRaw } from '../support/insertRaw.ts';

const COUNT = Number(process.env.BENCH_COUNT ?? 30_000);
/** Seconds of warm-up and of measurement against the obvious pipeline. */
const WARM = { count: 2 * COUNT, obviousCount: 3_000, warmUp: 0.5 };
/** The demo's number of orgs. */
const ORGS = 40;

async function ours(
  { stores }: Bench,
  orgs: number,
  env: Record<string, string> = {},
  look?: (metric: (series: string) => number) => number,
  { count, warmUp }: { count: number; warmUp?: number } = { count: COUNT },
): Promise<number> {
  return withSandbox(stores, async (sandbox) => {
    await fillQueue(sandbox, { orgs, count });
    const worker = startWorker(sandbox, env);
    const rate = await drain(sandbox, worker, { count, ...(warmUp && { warmUp }) });
    const seen = look?.(await readMetrics(await worker.printed(/Metrics +(\S+)/)));
    await worker.stop();
    await checkExact(sandbox, count);
    return seen ?? rate;
  });
}

function obvious({ stores }: Bench): Promise<number> {
  return withSandbox(stores, async (sandbox) => {
    const queue = new Queue('obvious', { connection: sandbox.redis, prefix: sandbox.prefix });
    for (const some of inBatches(acceptedFeedback({ orgs: ORGS, count: WARM.obviousCount }), 500))
      await queue.addBulk(some.map((data) => ({ name: 'feedback', data })));
    const worker = run('tools/bench/peers/obviousWorker.js', [], sandbox.env);
    const rate = await drain(sandbox, worker, { count: WARM.obviousCount, warmUp: WARM.warmUp });
    await worker.stop();
    await queue.close();
    return rate;
  });
}

async function raw({ stores }: Bench): Promise<number> {
  const documents = [...finishedDocuments({ orgs: ORGS, count: COUNT })];
  return withSandbox(stores, async (sandbox: Sandbox) => {
    const since = performance.now();
    await insertRaw(sandbox, documents);
    return documents.length / ((performance.now() - since) / 1000);
  });
}

const SLOTS = 4;

/** Rate at which a backlog becomes stored, counted feedback. */
export const drainExperiment: Experiment = {
  rounds: 3,
  subjects: {
    worker: (bench) => ours(bench, ORGS, {}, undefined, WARM),
    'obvious pipeline': obvious,
    'raw insertMany': raw,
    'worker, 1,000 orgs': (bench) => ours(bench, 1_000),
    'worker, one org': (bench) => ours(bench, 1),
    'conflicts of the worker, one org': (bench) =>
      ours(
        bench,
        1,
        { WORKER_TRANSACTIONS: String(SLOTS), WORKER_BATCH_SIZE: '1000' },
        (metric) =>
          metric('feedback_transaction_retries_total') /
          metric('feedback_batch_duration_seconds_count{phase="transaction"}'),
        { count: COUNT / 2 },
      ),
  },
  figures: [
    {
      name: 'drain-vs-obvious',
      title: 'drain of a backlog, against the obvious pipeline',
      subject: 'worker',
      baseline: 'obvious pipeline',
      unit: 'feedback/s',
      must: 25,
      aim: 40,
      better: 'higher',
    },
    {
      name: 'drain-vs-raw',
      title: 'drain of a backlog, against raw inserts of the same documents',
      subject: 'worker',
      baseline: 'raw insertMany',
      unit: 'feedback/s',
      must: 0.35,
      aim: 0.5,
      better: 'higher',
    },
    {
      name: 'one-org',
      title: 'drain if all feedback belongs to one org, against 1,000 orgs',
      subject: 'worker, one org',
      baseline: 'worker, 1,000 orgs',
      unit: 'feedback/s',
      must: 0.8,
      aim: 1,
      better: 'higher',
    },
    {
      name: 'conflicts',
      title: `transactions retried, per commit: one org, ${SLOTS} slots busy`,
      subject: 'conflicts of the worker, one org',
      unit: '/commit',
      must: 0.05,
      aim: 0,
      better: 'lower',
    },
  ],
};
