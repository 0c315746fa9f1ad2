import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenApi } from '../../../src/api/docs/openapi.ts';
import { type Running, run } from '../../support/processes.ts';
import { afterStock } from '../support/afterStock.ts';
import { openSandbox, READ_KEY, type Sandbox } from '../support/bench.ts';
import { drain, fillQueue, startWorker } from '../support/drain.ts';
import type { Bench, Experiment, FigureSpec } from '../support/figure.ts';
import { mostMemory } from '../support/mostMemory.ts';
import { nameOf, type Question, questionsFor, urlOf } from '../support/questions.ts';
import { type ReadingStock, storeForReading } from '../support/readingStock.ts';

/** Feedback stored: of the whole bench, and if only reads are measured. `BENCH_STOCK` sets another number. */
const LARGE = { amongOthers: 200_000, alone: 1_000_000 };
const SMALL = 50_000;
/** Time for the requests of one question, and how many it gets at least and at most. */
const BUDGET_MS = { amongOthers: 100, alone: 500 };
const REQUESTS = { min: 5, max: 60 };
/** Fraction of the requests that warms up, and number of questions that are asked once before all others. */
const WARM_UP = 0.2;
const WARM_UP_QUESTIONS = 20;
/** Milliseconds that a refused request counts as, at least. */
const REFUSED_MS = 10_000;
const READERS = 64;
const READING_SECONDS = 8;
/** Seconds between the questions of a reader who looks at a dashboard. */
const PAUSE_SECONDS = 5;
const DRAINED = 20_000;

interface Stocked {
  name: 'much' | 'little';
  sandbox: Sandbox;
  stock: ReadingStock;
}

let much: Stocked | undefined;
let little: Stocked | undefined;
let questions: Question[] = [];
let drains = 0;

async function setUp(name: Stocked['name'], { stores, progress }: Bench, count: number): Promise<Stocked> {
  const sandbox = await openSandbox(stores);
  progress(`storing ${count.toLocaleString('en')} feedback`);
  const stock = await storeForReading(sandbox, count);
  progress('building what is derived from it');
  await afterStock(sandbox);
  return { name, sandbox, stock };
}

/** Works with an API process of its own. */
async function withApi<T>({ sandbox }: Stocked, work: (apiUrl: string, api: Running) => Promise<T>): Promise<T> {
  const api = run('src/main.js', ['api'], sandbox.env);
  try {
    const apiUrl = await api.printed(/API +(\S+)/);
    const document = await fetch(`${apiUrl}/openapi.json`);
    questions = questionsFor((await document.json()) as OpenApi);
    return await work(apiUrl, api);
  } finally {
    await api.stop();
  }
}

/** Milliseconds of one request, and whether it was answered. */
async function request(url: string): Promise<{ ms: number; isOk: boolean }> {
  const since = performance.now();
  const response = await fetch(url, { headers: { authorization: `Bearer ${READ_KEY}` } });
  await response.text();
  const ms = performance.now() - since;
  return response.ok ? { ms, isOk: true } : { ms: Math.max(ms, REFUSED_MS), isOk: false };
}

/** p95 of each question in ms, with much and with little stored in turn, and the sum and the highest of them. */
const readAll = ({ isAlone, progress }: Bench): Promise<Record<string, number>> =>
  withApi(much!, (muchUrl) =>
    withApi(little!, async (littleUrl) => {
      const budget = isAlone ? BUDGET_MS.alone : BUDGET_MS.amongOthers;
      const values: Record<string, number> = {};
      const sums = { much: 0, little: 0 };
      const ask = async (url: string, { name, stock }: Stocked, question: Question) => {
        const ms = await p95(url, question, stock, budget);
        values[`${name} ${nameOf(question)}`] = ms;
        sums[name] += ms;
        return ms;
      };
      for (const question of questions.slice(0, WARM_UP_QUESTIONS)) {
        await request(muchUrl + urlOf(question, much!.stock, 0));
        await request(littleUrl + urlOf(question, little!.stock, 0));
      }
      let slowest = 0;
      for (const question of questions) {
        progress(nameOf(question));
        await ask(littleUrl, little!, question);
        slowest = Math.max(slowest, await ask(muchUrl, much!, question));
      }
      return { ...values, 'much, all': sums.much, 'little, all': sums.little, 'much, slowest': slowest };
    }),
  );

/** p95 in ms, one request at a time. */
async function p95(apiUrl: string, question: Question, stock: ReadingStock, budgetMs: number): Promise<number> {
  const times: number[] = [];
  const until = performance.now() + budgetMs;
  for (let n = 0; n < REQUESTS.max && (n < REQUESTS.min || performance.now() < until); n++) {
    const { ms, isOk } = await request(apiUrl + urlOf(question, stock, n));
    times.push(ms);
    // Further requests would be refused as late as this one.
    if (!isOk) return ms;
  }
  const measured = times.slice(Math.floor(times.length * WARM_UP)).toSorted((a, b) => a - b);
  return measured[Math.ceil(measured.length * 0.95) - 1]!;
}

/** Readers who ask different questions at once, until `isDone`. */
async function readers(apiUrl: string, stock: ReadingStock, pauseSeconds: number, isDone: () => boolean) {
  const reader = async (_: unknown, number: number) => {
    await sleep((number / READERS) * pauseSeconds * 1_000);
    for (let n = number; !isDone(); n += READERS) {
      await request(apiUrl + urlOf(questions[(n * 31) % questions.length]!, stock, n));
      for (let waited = 0; waited < pauseSeconds && !isDone(); waited++) await sleep(1_000);
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
}

const memoryUnderReaders = (stocked: Stocked) =>
  withApi(stocked, (apiUrl, api) => {
    const end = performance.now() + READING_SECONDS * 1_000;
    return mostMemory(
      api,
      readers(apiUrl, stocked.stock, 0, () => performance.now() > end),
    );
  });

/** Feedback that a worker stores a second, from a backlog. */
async function drainBacklog({ sandbox }: Stocked): Promise<number> {
  await fillQueue(sandbox, { orgs: 40, count: DRAINED }, `reads-${++drains}`);
  const before = await sandbox.models.feedback.estimatedDocumentCount();
  const worker = startWorker(sandbox);
  const rate = await drain(sandbox, worker, { count: DRAINED, before });
  await worker.stop();
  return rate;
}

const drainBesideReaders = (stocked: Stocked) =>
  withApi(stocked, async (apiUrl) => {
    let isDone = false;
    const reading = readers(apiUrl, stocked.stock, PAUSE_SECONDS, () => isDone);
    const rate = await drainBacklog(stocked).finally(() => {
      isDone = true;
    });
    await reading;
    return rate;
  });

/** Reading with much stored against reading with little stored. */
export const readsExperiment: Experiment = {
  name: 'reads',
  rounds: 2,
  async setUp(bench) {
    const count = Number(process.env.BENCH_STOCK ?? (bench.isAlone ? LARGE.alone : LARGE.amongOthers));
    little = await setUp('little', bench, SMALL);
    much = await setUp('much', bench, count);
  },
  async tearDown() {
    await little?.sandbox.remove();
    await much?.sandbox.remove();
  },
  subjects: {
    reads: readAll,
    'API under readers': () => memoryUnderReaders(much!),
    'drain alone': () => drainBacklog(much!),
    'drain beside readers': () => drainBesideReaders(much!),
  },
  figures: [
    {
      name: 'reads-growth',
      title:
        'every read route once (p95, added up) with 200,000 feedback stored, alone 1,000,000 (BENCH_STOCK sets another number), against 50,000',
      subject: 'much, all',
      baseline: 'little, all',
      baselineName: 'little stored',
      needs: ['reads'],
      unit: 'ms',
      must: 1.5,
      aim: 1.1,
      better: 'lower',
    },
    {
      name: 'reads-slowest',
      title: 'the slowest of them, p95 with much stored',
      subject: 'much, slowest',
      needs: ['reads'],
      unit: 'ms',
      must: 200,
      aim: 50,
      better: 'lower',
    },
    {
      name: 'reads-memory',
      title: `max memory of the API under ${READERS} readers at once`,
      subject: 'API under readers',
      unit: 'MiB',
      must: 250,
      aim: 150,
      better: 'lower',
    },
    {
      name: 'reads-ingest',
      title: `drain beside ${READERS} readers who each ask every ${PAUSE_SECONDS} s, against drain alone`,
      subject: 'drain beside readers',
      baseline: 'drain alone',
      unit: 'feedback/s',
      must: 0.9,
      aim: 1,
      better: 'higher',
    },
  ],
  details: () =>
    questions.map(
      (question): FigureSpec => ({
        name: nameOf(question),
        subject: `much ${nameOf(question)}`,
        baseline: `little ${nameOf(question)}`,
        baselineName: 'little stored',
        unit: 'ms',
        must: 1.5,
        aim: 1.1,
        mustValue: question.must,
        better: 'lower',
      }),
    ),
};
