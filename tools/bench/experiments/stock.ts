import { run } from '../../support/processes.ts';
import { openSandbox, READ_KEY, type Sandbox } from '../support/bench.ts';
import { drain, fillQueue, startWorker } from '../support/drain.ts';
import type { Experiment } from '../support/figure.ts';
import { stock } from '../support/stock.ts';

const LARGE = Number(process.env.BENCH_STOCK ?? 1_000_000);
const SMALL = 50_000;
const SMALL_ORG = 100;
const COUNT = 20_000;
const REQUESTS = 400;

let large: Sandbox | undefined;
let small: Sandbox | undefined;
let drains = 0;

async function drainInto(sandbox: Sandbox): Promise<number> {
  await fillQueue(sandbox, { orgs: 40, count: COUNT }, `drain-${++drains}`);
  const before = await sandbox.models.feedback.estimatedDocumentCount();
  const worker = startWorker(sandbox);
  const rate = await drain(sandbox, worker, { count: COUNT, before });
  await worker.stop();
  return rate;
}

/** p99 of an org's summary in ms, one request at a time. */
async function summaryP99(org: string, count: number): Promise<number> {
  const api = run('src/main.js', ['api'], large!.env);
  const apiUrl = await api.printed(/API +(\S+)/);
  const times: number[] = [];
  for (let n = 0; n < REQUESTS * 1.25; n++) {
    const since = performance.now();
    const response = await fetch(`${apiUrl}/v1/orgs/${org}/summary`, {
      headers: { authorization: `Bearer ${READ_KEY}` },
    });
    const body = (await response.json()) as { count: number };
    times.push(performance.now() - since);
    if (body.count !== count) throw new Error(`${org} has ${body.count} feedback, not ${count}`);
  }
  await api.stop();
  // The first fifth warms up.
  const sorted = times.slice(-REQUESTS).toSorted((a, b) => a - b);
  return sorted[Math.floor(REQUESTS * 0.99)]!;
}

/** Speed with much stored against speed with little stored. */
export const stockExperiment: Experiment = {
  rounds: 3,
  async setUp({ stores, progress }) {
    [large, small] = [await openSandbox(stores), await openSandbox(stores)];
    progress(`storing ${LARGE.toLocaleString('en')} feedback`);
    await stock(large, LARGE, 'large-org');
    await stock(large, SMALL_ORG, 'small-org');
    await stock(small, SMALL, 'large-org');
    // MongoDB goes on writing a bulk load for seconds, which doesn't happen in service.
    await large.models.connection.getClient().db('admin').command({ fsync: 1 });
  },
  async tearDown() {
    await large?.remove();
    await small?.remove();
  },
  subjects: {
    'drain, much stored': () => drainInto(large!),
    'drain, little stored': () => drainInto(small!),
    'summary of the large org': () => summaryP99('large-org', LARGE),
    'summary of a small org': () => summaryP99('small-org', SMALL_ORG),
  },
  figures: [
    {
      name: 'stock',
      title: `drain with ${LARGE.toLocaleString('en')} feedback stored, against ${SMALL.toLocaleString('en')} (BENCH_STOCK sets another number)`,
      subject: 'drain, much stored',
      baseline: 'drain, little stored',
      unit: 'feedback/s',
      must: 0.85,
      aim: 1,
      better: 'higher',
    },
    {
      name: 'summary',
      title: `summary of an org with ${LARGE.toLocaleString('en')} feedback, p99`,
      subject: 'summary of the large org',
      unit: 'ms',
      must: 20,
      aim: 5,
      better: 'lower',
    },
    {
      name: 'summary-growth',
      title: `the same, against that of an org with ${SMALL_ORG}`,
      subject: 'summary of the large org',
      baseline: 'summary of a small org',
      unit: 'ms',
      must: 2,
      aim: 1,
      better: 'lower',
    },
  ],
};
