import { setTimeout as sleep } from 'node:timers/promises';
import { verifyAggregates } from '../../../src/models/aggregates/verifyAggregates.ts';
import { COMMAND_LINE } from '../../../src/models/audit/auditLog.ts';
import { saveTaxonomy } from '../../../src/models/taxonomy/taxonomies.ts';
import { createReanalysisQueue, type Reanalysis } from '../../../src/queues/reanalysisQueue.ts';
import { type Sandbox, withSandbox } from '../support/bench.ts';
import { drain, fillQueue, startWorker } from '../support/drain.ts';
import type { Bench, Experiment } from '../support/figure.ts';
import { stock } from '../support/stock.ts';

/** Feedback stored: enough that its re-analysis outlasts the drain. */
const STORED = Number(process.env.BENCH_REANALYSED ?? 10_000);
const COUNT = 20_000;
/** Feedback re-analysed to measure the rate. */
const STORED_ALONE = Math.ceil(STORED / 2);
const ORGS = 40;

const themes = [
  { id: 'speed', label: 'Speed', description: 'What takes long.', terms: 'slow, fast, loading, lag' },
  { id: 'people', label: 'People', description: 'Who coaches.', terms: 'coach, support, team' },
];

/** A sandbox with much feedback stored, all of it analysed with an older taxonomy. */
async function withStock<T>(
  { stores, progress }: Bench,
  count: number,
  work: (sandbox: Sandbox) => Promise<T>,
): Promise<T> {
  return withSandbox(stores, async (sandbox) => {
    progress('storing');
    await stock(sandbox, count, 'stored');
    await saveTaxonomy(sandbox.models, { orgId: null, edited: 0, themes, by: COMMAND_LINE, now: new Date() });
    progress('');
    return work(sandbox);
  });
}

/** The same with a re-analysis requested. `find` returns its progress. */
async function withReanalysis<T>(sandbox: Sandbox, work: (find: () => Promise<Reanalysis>) => Promise<T>) {
  const reanalyses = createReanalysisQueue({ connection: sandbox.redis, prefix: sandbox.prefix });
  try {
    await reanalyses.queue.waitUntilReady();
    await reanalyses.request(null);
    return await work(async () => (await reanalyses.find(null))!);
  } finally {
    await reanalyses.close();
  }
}

async function checkAggregates({ models }: Sandbox): Promise<void> {
  const differences = (await verifyAggregates(models)).differences;
  if (differences.length > 0) throw new Error(`not exact: ${differences.slice(0, 5).join(', ')}`);
}

function drainAlone(bench: Bench): Promise<number> {
  return withStock(bench, STORED, async (sandbox) => {
    await fillQueue(sandbox, { orgs: ORGS, count: COUNT });
    const worker = startWorker(sandbox);
    const rate = await drain(sandbox, worker, { count: COUNT, before: STORED });
    await worker.stop();
    return rate;
  });
}

function drainDuring(bench: Bench): Promise<number> {
  return withStock(bench, STORED, (sandbox) =>
    withReanalysis(sandbox, async (find) => {
      await fillQueue(sandbox, { orgs: ORGS, count: COUNT });
      const worker = startWorker(sandbox);
      const rate = await drain(sandbox, worker, { count: COUNT, before: STORED });
      const { state, pass, reanalysed } = await find();
      await worker.stop();
      if (state !== 'running' || pass > 1 || reanalysed === 0)
        throw new Error(`the re-analysis (${state}, pass ${pass}) was not under way; raise BENCH_REANALYSED`);
      await checkAggregates(sandbox);
      return rate;
    }),
  );
}

/** Feedback re-analysed a second without other load. */
function reanalyseAlone(bench: Bench): Promise<number> {
  return withStock(bench, STORED_ALONE, (sandbox) =>
    withReanalysis(sandbox, async (find) => {
      const worker = startWorker(sandbox);
      let found = await find();
      while (found.walked < STORED_ALONE && found.pass === 1) {
        await sleep(50);
        found = await find();
      }
      const rate = found.reanalysed / (found.elapsedMs / 1000);
      await worker.stop();
      await checkAggregates(sandbox);
      return rate;
    }),
  );
}

/** Ingest rate during a re-analysis of everything stored. */
export const reanalysisExperiment: Experiment = {
  rounds: 3,
  subjects: {
    'drain, nothing analysed anew': drainAlone,
    'drain during a re-analysis': drainDuring,
    're-analysis alone': reanalyseAlone,
  },
  figures: [
    {
      name: 'reanalysis',
      title: `drain while ${STORED.toLocaleString('en')} stored feedback are re-analysed, against the same without (BENCH_REANALYSED sets another number)`,
      subject: 'drain during a re-analysis',
      baseline: 'drain, nothing analysed anew',
      unit: 'feedback/s',
      must: 0.8,
      aim: 0.9,
      better: 'higher',
    },
    {
      name: 'reanalysis-rate',
      title: 'feedback re-analysed without other load, with a fifth of the time of the worker',
      subject: 're-analysis alone',
      unit: 'feedback/s',
      better: 'higher',
    },
  ],
};
