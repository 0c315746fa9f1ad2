import { setTimeout as sleep } from 'node:timers/promises';
import { readMetrics } from '../support/metricsOf.ts';
import type { Random } from '../support/random.ts';
import { type Clients, startClients } from './clients.ts';
import { compare, type Verdict } from './compare.ts';
import { FAULTS } from './faults.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { startPoisoner } from './poisoner.ts';
import { READ_KEY, type System, startSystem } from './system.ts';

export interface ChaosOptions {
  minutes: number;
  /** names of the faults to inject */
  faults: string[];
  random: Random;
  /** feedback a second */
  rate: number;
  /** whether to wait for the recovery from each fault and to measure the throughput */
  measure: boolean;
  /** folder of the compiled service; default: this project's */
  dist?: string;
  progress(text: string): void;
  signal: AbortSignal;
}

export interface ChaosRun {
  ledger: Ledger;
  reckoning: Verdict;
  /** per fault: ms from its end until new feedback was accepted and readable; Infinity: never */
  recoveryMs: Map<string, number[]>;
  /** feedback stored a second, before the first fault and 30 s after the last */
  throughput: { before: number; after: number };
}

const WINDOW_MS = 20_000;
const SETTLE_MS = 30_000;
const WARM_UP_MS = 3_000;
/** Time between the starts of two faults; longer faults overlap. */
const PAUSE_MS = { least: 1_000, most: 4_000 };
/** Feedback not readable after this time counts as lost. */
const RECOVERY_PATIENCE_MS = 30_000;
const FAULT_PATIENCE_MS = 120_000;

/** Runs the service under load, breaks it, lets it settle, and compares. */
export async function runChaos(options: ChaosOptions): Promise<ChaosRun> {
  const { faults, random, rate, progress, signal, dist } = options;
  progress('starting stores, two APIs and two workers');
  const system = await startSystem({ apis: 2, workers: 2, dist });
  try {
    const ledger = openLedger(system.erasedUsers);
    const clients = startClients({
      apis: system.apis,
      keyOf: () => system.clientKey.key,
      ledger,
      random: random.fork('clients'),
      rate,
    });
    const poisoner = startPoisoner(system.ingest, ledger);
    await pause(WARM_UP_MS, signal);
    const before = options.measure ? await throughputOf(system, signal) : 0;

    const recoveryMs = await injectFaults({ ...options, faults, system, clients });

    let after = 0;
    if (options.measure) {
      progress(`the last fault is over; the throughput counts from ${SETTLE_MS / 1000} s on`);
      await pause(SETTLE_MS, signal);
      after = await throughputOf(system, signal);
    }
    progress('waiting until all that was sent is accepted and stored');
    await Promise.all([clients.stop(), poisoner.stop()]);
    const reckoning = await compare(system, ledger);
    return {
      ledger,
      reckoning,
      recoveryMs,
      throughput: { before, after },
    };
  } finally {
    await system.stop();
  }
}

async function injectFaults(
  options: ChaosOptions & { system: System; clients: Clients },
): Promise<Map<string, number[]>> {
  const { minutes, faults, system, clients, progress, signal } = options;
  const random = options.random.fork('faults');
  const until = Date.now() + minutes * 60_000;
  const recoveryMs = new Map<string, number[]>();
  const broken = new Set<string>();
  const running = new Set<Promise<void>>();
  const injected = new Map<string, number>();

  async function inject(name: string, target: string): Promise<void> {
    const nth = injected.get(name) ?? 0;
    injected.set(name, nth + 1);
    const what = await inTime(FAULTS[name]!.inject(system, target, random, nth), `${name} of ${target}`);
    broken.delete(target);
    if (!options.measure) return progress(`${name}: ${target} ${what}`);
    const over = Date.now();
    const isBack = await isReadable(system, await clients.deliverOne());
    const recovery = isBack ? Date.now() - over : Number.POSITIVE_INFINITY;
    progress(`${name}: ${target} ${what}; ${isBack ? `recovered in ${recovery} ms` : 'never recovered'}`);
    recoveryMs.set(name, [...(recoveryMs.get(name) ?? []), recovery]);
  }

  // Each fault once in random order, before any is repeated.
  for (let left: string[] = []; Date.now() < until; ) {
    if (left.length === 0) left = shuffled(faults, random);
    const name = left.pop()!;
    const target = FAULTS[name]!.target(system, random);
    // A target's parts count as broken too.
    if ([...broken].some((one) => one.includes(target) || target.includes(one))) {
      left.unshift(name);
      await pause(100, signal);
      continue;
    }
    broken.add(target);
    const fault = inject(name, target);
    running.add(fault);
    void fault.finally(() => running.delete(fault)).catch(() => {});
    await pause(random.int(PAUSE_MS.least, PAUSE_MS.most), signal);
  }
  await Promise.all(running);
  return recoveryMs;
}

/** Faults end within seconds. The time-out covers a process that doesn't end. */
async function inTime<T>(fault: Promise<T>, name: string): Promise<T> {
  const patience = new AbortController();
  const late = sleep(FAULT_PATIENCE_MS, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`${name} is not over after ${FAULT_PATIENCE_MS / 1_000} s`);
  });
  try {
    return await Promise.race([fault, late]);
  } finally {
    late.catch(() => {});
    patience.abort();
  }
}

/** Waits until the API returns a feedback, up to a time-out. */
async function isReadable({ apis }: System, id: string): Promise<boolean> {
  const since = Date.now();
  for (let n = 0; Date.now() < since + RECOVERY_PATIENCE_MS; n++) {
    const { apiUrl } = apis[n % apis.length]!;
    const status = await fetch(`${apiUrl}/v1/feedback/${id}`, {
      headers: { authorization: `Bearer ${READ_KEY}` },
      signal: AbortSignal.timeout(3_000),
    }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    if (status === 200) return true;
    // Waits in steps of a twentieth, so that many waiting faults don't load the recovering service.
    await sleep(Math.max(25, (Date.now() - since) / 20));
  }
  return false;
}

/** Feedback stored a second, including feedback dropped because its user is erased, which grows over a run. */
async function throughputOf({ workers }: System, signal: AbortSignal): Promise<number> {
  const settled = async () => {
    const metrics = await Promise.all(workers.map(({ metricsUrl }) => readMetrics(metricsUrl)));
    return metrics.reduce((sum, value) => sum + value(settledAs('stored')) + value(settledAs('erased')), 0);
  };
  const [from, since] = [await settled(), performance.now()];
  await pause(WINDOW_MS, signal);
  return ((await settled()) - from) / ((performance.now() - since) / 1000);
}

const settledAs = (outcome: string) => `feedback_processed_total{outcome="${outcome}"}`;

const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });

function shuffled<T>(items: T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
