import { setTimeout as sleep } from 'node:timers/promises';
import { readMetrics } from '../bench/support/metricsOf.ts';
import { auditAggregates, differencesOf } from '../src/models/auditAggregates.ts';
import { createLoad, type Load, type LoadResult } from './load.ts';
import { type ProbeResult, postOne, startProbe } from './probe.ts';
import { type Role, type System, startSystem } from './system.ts';

export interface OverloadOptions {
  minutes: number;
  /** offered, of what the service can take */
  times: number;
  /** how long it takes to store what may wait beyond a share */
  backlogSeconds: number;
  progress(text: string): void;
  signal: AbortSignal;
}

export interface OverloadRun {
  /** feedback stored a second in full batches, when nothing else is to be done, before and after */
  peaks: { before: number; after: number };
  /** stored a second on the way up, and again afterwards, by what was offered, of what the service can take */
  climbs: { before: Step[]; after: Step[] };
  /** stored a second under overload */
  goodput: number;
  /** offered a second */
  offered: number;
  flood: LoadResult;
  ordinary: LoadResult;
  /** another org's feedback, under the ordinary load alone, before and after, and beside the flood */
  probes: { calm: ProbeResult; flooded: ProbeResult };
  /** resident memory in MiB: its mean over the first and over the last quarter of the overload, and the most */
  memory: Record<Role['kind'], { first: number; last: number; most: number }>;
  /** from the end of the load until the flooding org is accepted again, and until nothing waits */
  recoveryMs: { accepted: number; empty: number };
  accepted: number;
  lost: number;
  aggregateDifferences: string[];
}

interface Step {
  times: number;
  stored: number;
}

/**
 * The ordinary load, of what the service can take. It is stored as it comes, in transactions smaller than those in which that is found:
 * this is some seven tenths of what can be stored so.
 */
const ORDINARY = 0.5;
const ORDINARY_ORGS = 20;
const WARM_UP_MS = 8_000;
/** As long as MongoDB goes between two checkpoints, in which it writes what it has only noted down before. */
const PEAK_MS = 60_000;
const CALM_MS = 60_000;
/** What is offered on the way up, and again afterwards, of what the service can take. */
const CLIMBS = { before: [1, 1.5, 2, 3], after: [2, 1] };
const STEP_MS = 20_000;
/** Between two looks at the memory; each costs the processes some milliseconds. */
const SAMPLE_MS = 5_000;
/** What an org may send a second, so that all of the ordinary orgs stay within theirs on any machine. */
const SHARE_OF_PEAK = 0.05;

const BACKLOG_LIMIT_MB = '64';
/** What a feedback takes in Redis, and Redis without any; roughly. */
const BYTES = { feedback: 350, none: 2 * 2 ** 20 };

/**
 * Finds what the service can take, offers it more and more, up to several times as much, and looks how it fares. What it can take is found again
 * afterwards, since the machine may have become faster or slower meanwhile.
 */
export async function runOverload(options: OverloadOptions): Promise<OverloadRun> {
  const { progress, signal } = options;
  const findPeak = async () => {
    progress('finding what the service can take');
    const found = await withSystem({ BACKLOG_LIMIT_MB }, (system) => peakOf(system, signal));
    progress(`it stores ${Math.round(found)} a second at most`);
    return found;
  };
  const before = await findPeak();
  const overflowBytes = before * options.backlogSeconds * BYTES.feedback + BYTES.none;
  const env = {
    BACKLOG_LIMIT_MB,
    OVERFLOW_LIMIT_MB: String(Math.ceil(overflowBytes / 2 ** 20)),
    ORG_SHARE_PER_SECOND: String(Math.ceil(before * SHARE_OF_PEAK)),
  };
  progress(
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  );
  const run = await withSystem(env, (system) => overload(system, before, options));
  return { ...run, peaks: { before, after: await findPeak() } };
}

async function withSystem<T>(env: Record<string, string>, work: (system: System) => Promise<T>): Promise<T> {
  const system = await startSystem({ apis: 1, workers: 1, env, isDirect: true });
  try {
    return await work(system);
  } finally {
    await system.stop();
  }
}

async function peakOf(system: System, signal: AbortSignal): Promise<number> {
  const load = createLoad({ apiUrl: system.apis[0]!.apiUrl, name: 'peak', orgs: ORDINARY_ORGS });
  load.start();
  await pause(WARM_UP_MS, signal);
  const rate = await rateOver(system, PEAK_MS, signal);
  await load.stop();
  return rate;
}

async function overload(
  system: System,
  peak: number,
  options: OverloadOptions,
): Promise<Omit<OverloadRun, 'peaks'>> {
  const { progress, signal } = options;
  const { apiUrl } = system.apis[0]!;
  const ordinaryLoad = (name: string) =>
    createLoad({ apiUrl, name, orgs: ORDINARY_ORGS, rate: ORDINARY * peak });
  const floodLoad = (name: string) => createLoad({ apiUrl, name, orgs: 1, rate: 0 });
  const loads = {
    before: { ordinary: ordinaryLoad('ordinary'), flood: floodLoad('flood') },
    after: { ordinary: ordinaryLoad('ordinary-after'), flood: floodLoad('flood-after') },
  };
  const startOrdinary = async (load: Load) => {
    load.start();
    await pause(WARM_UP_MS, signal);
    progress(`an ordinary load of ${Math.round(ORDINARY * peak)} a second`);
  };
  const probeCalm = async (name: string) => {
    const probe = startProbe(system, name);
    await pause(CALM_MS, signal);
    return probe.stop();
  };
  const offer = (flood: Load, times: number) => flood.setRate((times - ORDINARY) * peak);
  const climb = async (flood: Load, steps: number[]): Promise<Step[]> => {
    const climbed: Step[] = [];
    flood.start();
    for (const times of steps.filter((step) => step < options.times)) {
      offer(flood, times);
      await pause(WARM_UP_MS, signal);
      const stored = await rateOver(system, STEP_MS, signal);
      progress(`offered ${times} times what it can take, it stores ${Math.round(stored)} a second`);
      climbed.push({ times, stored });
    }
    return climbed;
  };
  await startOrdinary(loads.before.ordinary);
  const calmBefore = await probeCalm('calm');
  const climbedBefore = await climb(loads.before.flood, CLIMBS.before);

  progress(`offered ${options.times} times what it can take, for ${options.minutes} minutes`);
  const memory = { api: [] as number[], worker: [] as number[] };
  offer(loads.before.flood, options.times);
  const probe = startProbe(system, 'flooded');
  const from = { at: performance.now(), stored: await storedIn(system) };
  while (performance.now() - from.at < options.minutes * 60_000) {
    await pause(SAMPLE_MS, signal);
    for (const { kind, metricsUrl } of [...system.apis, ...system.workers])
      memory[kind].push((await readMetrics(metricsUrl))('process_resident_memory_bytes') / 2 ** 20);
  }
  const goodput = ((await storedIn(system)) - from.stored) / ((performance.now() - from.at) / 1_000);
  const results = Promise.all([probe.stop(), loads.before.flood.stop(), loads.before.ordinary.stop()]);
  const over = performance.now();
  const last = await untilAccepted(apiUrl);
  const acceptedAfter = performance.now() - over;
  const [flooded, flood, ordinary] = await results;
  progress('the load is over; waiting until nothing is left');
  await untilEmpty(system);
  const recoveryMs = { accepted: acceptedAfter, empty: performance.now() - over };

  await startOrdinary(loads.after.ordinary);
  const calmAfter = await probeCalm('calm-after');
  const climbedAfter = await climb(loads.after.flood, CLIMBS.after);
  const after = await Promise.all([loads.after.ordinary.stop(), loads.after.flood.stop()]);
  await untilEmpty(system);

  progress('comparing');
  const expected = new Set([...calmBefore.ids, ...flooded.ids, ...calmAfter.ids, last]);
  for (const { batches, perBatch } of [flood, ordinary, ...after])
    for (const batch of batches) for (let n = 0; n < perBatch; n++) expected.add(`${batch}.${n}`);
  const accepted = expected.size;
  for await (const { _id } of system.models.feedback.find({}, { _id: 1 }).lean().cursor())
    expected.delete(_id);
  return {
    climbs: { before: climbedBefore, after: climbedAfter },
    goodput,
    offered: options.times * peak,
    flood,
    ordinary,
    probes: { calm: together(calmBefore, calmAfter), flooded },
    memory: { api: spanOf(memory.api), worker: spanOf(memory.worker) },
    recoveryMs,
    accepted,
    lost: expected.size,
    aggregateDifferences: differencesOf(await auditAggregates(system.models)),
  };
}

/** Calm before and after the flood, since the machine may have become faster or slower; as long in all as the flood by default. */
function together(a: ProbeResult, b: ProbeResult): ProbeResult {
  return {
    latenciesMs: [...a.latenciesMs, ...b.latenciesMs],
    answersMs: [...a.answersMs, ...b.answersMs],
    refused: a.refused + b.refused,
    ids: [...a.ids, ...b.ids],
  };
}

/** Posts for the flooding org until it is accepted. Gives back the id. */
async function untilAccepted(apiUrl: string): Promise<string> {
  for (let n = 0; ; n++) {
    const id = `after-${n}`;
    if ((await postOne(apiUrl, { id, orgId: 'flood-0', overallRating: 3 })) === 202) return id;
    await sleep(50);
  }
}

async function untilEmpty({ ingest }: System): Promise<void> {
  while ((await ingest.countJobs()) > 0) await sleep(50);
}

const storedIn = ({ models }: System) => models.feedback.estimatedDocumentCount();

/** Feedback stored a second. */
async function rateOver(system: System, ms: number, signal: AbortSignal): Promise<number> {
  const [from, at] = [await storedIn(system), performance.now()];
  await pause(ms, signal);
  return ((await storedIn(system)) - from) / ((performance.now() - at) / 1_000);
}

function spanOf(samples: number[]): { first: number; last: number; most: number } {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const mean = (some: number[]) => some.reduce((sum, one) => sum + one, 0) / some.length;
  return {
    first: mean(samples.slice(0, quarter)),
    last: mean(samples.slice(-quarter)),
    most: Math.max(...samples),
  };
}

const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });
