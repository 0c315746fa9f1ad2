import { setTimeout as sleep } from 'node:timers/promises';
import { verifyAggregates } from '../../../src/models/aggregates/verifyAggregates.ts';
import { publicId } from '../../../src/models/feedback/feedbackDocument.ts';
import { type System, startSystem } from '../system.ts';
import { createLoad, type Load, type LoadResult } from './load.ts';
import { type ProbeResult, postOne, startProbe } from './probe.ts';
import { type Span, watchMemory } from './watchMemory.ts';

export interface OverloadOptions {
  minutes: number;
  /** load offered, as a multiple of the peak rate */
  times: number;
  /** seconds the service needs to store the overflow that may wait */
  backlogSeconds: number;
  progress(text: string): void;
  signal: AbortSignal;
}

export interface OverloadRun {
  /** feedback stored a second in full batches with no other load: before and after the flood */
  peaks: { before: number; after: number };
  /** steps of the load, before and after the flood */
  steps: Step[];
  /** feedback stored a second under overload */
  goodput: number;
  /** feedback offered a second under overload */
  offered: number;
  flood: LoadResult;
  ordinary: LoadResult;
  /** another org's latencies: under the ordinary load alone (before and after), and beside the flood */
  probes: { calm: ProbeResult; flooded: ProbeResult };
  /** memory during the overload */
  memory: Record<'api' | 'worker', Span>;
  /** ms from the end of the load until the flooding org is accepted again, and until nothing waits */
  recoveryMs: { accepted: number; empty: number };
  accepted: number;
  lost: number;
  aggregateDifferences: string[];
}

export interface Step {
  /** load offered, as a multiple of the peak rate */
  times: number;
  /** feedback a second */
  stored: number;
}

/**
 * The ordinary load, as a fraction of the peak rate. It is stored in smaller transactions than the peak, so it is about six
 * tenths of the rate that such transactions reach.
 */
const ORDINARY = 0.4;
const ORDINARY_ORGS = 20;
const WARM_UP_MS = 8_000;
/** Feedback stored before anything is measured: more than fits into MongoDB's cache. */
const FILLED = 700_000;
/** The interval of MongoDB's checkpoints, so that each measurement includes one. */
const PEAK_MS = 60_000;
const CALM_MS = 60_000;
/**
 * Loads offered before and after the flood, as multiples of the peak rate. They go up and down, so that slow changes of the
 * machine or the database affect each of them alike.
 */
const STEPS = [1, 2, 3, 3, 2, 1];
const SETTLE_MS = 5_000;
const STEP_MS = 15_000;
/** An org's share as a fraction of the peak rate. All ordinary orgs stay within it on any machine. */
const SHARE_OF_PEAK = 0.05;

const BACKLOG_LIMIT_MB = '64';
/** Approximate bytes of Redis: per feedback, and without any. */
const BYTES = { feedback: 350, none: 2 * 2 ** 20 };

/**
 * Finds the peak rate, offers several times as much, and measures how the service fares. The peak is measured again afterwards,
 * since the machine's speed may have changed. The database is filled first: while its data still fits into MongoDB's cache, the
 * rate falls as it grows, whatever the load.
 */
export async function runOverload(options: OverloadOptions): Promise<OverloadRun> {
  const { progress } = options;
  const system = await startSystem({ apis: 1, workers: 1, env: { BACKLOG_LIMIT_MB }, isDirect: true });
  try {
    const before = await findPeak(system, 'peak', options);
    await startAgain(system, limitsFor(before.rate, options));
    const { loads, singles, ...run } = await overload({ system, peak: before.rate, options });
    await startAgain(system);
    const after = await findPeak(system, 'peak-after', options);

    progress('comparing');
    const accepted = acceptedBy(singles, [before.sent, ...loads, after.sent]);
    return {
      ...run,
      peaks: { before: before.rate, after: after.rate },
      accepted: [...accepted.values()].reduce((sum, count) => sum + count, 0),
      lost: await countMissing(system, accepted),
      aggregateDifferences: (await verifyAggregates(system.models)).differences,
    };
  } finally {
    await system.stop();
  }
}

/** Fills the database, then measures the rate of a load that sends as fast as it is accepted. */
async function findPeak(system: System, name: string, { progress, signal }: OverloadOptions) {
  progress('storing, and finding what the service can take');
  const load = createLoad({ apiUrl: system.apis[0]!.apiUrl, name, orgs: ORDINARY_ORGS });
  load.start();
  await pause(WARM_UP_MS, signal);
  while ((await storedIn(system)) < FILLED) await pause(50, signal);
  const rate = await rateOver(system, PEAK_MS, signal);
  progress(`it stores ${Math.round(rate)} a second at most`);
  const sent = await load.stop();
  await untilEmpty(system);
  return { rate, sent };
}

/** Limits in proportion to the peak rate, so that backlog and shares mean the same on any machine. */
function limitsFor(peak: number, { backlogSeconds, progress }: OverloadOptions): Record<string, string> {
  const overflowBytes = peak * backlogSeconds * BYTES.feedback + BYTES.none;
  const limits = {
    OVERFLOW_LIMIT_MB: String(Math.ceil(overflowBytes / 2 ** 20)),
    ORG_SHARE_PER_SECOND: String(Math.ceil(peak * SHARE_OF_PEAK)),
  };
  progress(
    Object.entries(limits)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  );
  return limits;
}

/** Restarts the processes, with other limits or with the first ones. */
async function startAgain({ apis, workers }: System, limits?: Record<string, string>): Promise<void> {
  for (const role of [...apis, ...workers]) {
    await role.end('SIGTERM');
    await role.start(limits);
  }
}

/** A service, its peak rate (feedback a second), and the options of the run. */
interface Stage {
  system: System;
  peak: number;
  options: OverloadOptions;
}

/** Many orgs within their shares, and one org far over its share. */
interface Traffic {
  ordinary: Load;
  flood: Load;
}

async function overload(stage: Stage) {
  const { system, peak, options } = stage;
  // Both are created now, since creating bodies blocks the event loop.
  const [before, after] = [createTraffic(stage, ''), createTraffic(stage, '-after')];
  const calmBefore = await beCalm(stage, before, 'calm');
  const climbedBefore = await climb(stage, before, 'climbing');
  const { flooded, last, sent, ...figures } = await beFlooded(stage, before);
  const calmAfter = await beCalm(stage, after, 'calm-after');
  const climbedAfter = await climb(stage, after, 'climbing-after');
  const sentAfter = await stopTraffic(after);
  await untilEmpty(system);

  return {
    ...figures,
    ...sent,
    steps: [...climbedBefore.steps, ...climbedAfter.steps],
    offered: options.times * peak,
    probes: { calm: together(calmBefore, calmAfter), flooded },
    /** loads whose accepted feedback is compared with the stored feedback */
    loads: [...Object.values(sent), ...Object.values(sentAfter)],
    singles: [calmBefore, climbedBefore, flooded, calmAfter, climbedAfter].flatMap(({ ids }) => ids).concat(last),
  };
}

function createTraffic({ system, peak }: Stage, suffix: string): Traffic {
  const { apiUrl } = system.apis[0]!;
  return {
    ordinary: createLoad({ apiUrl, name: `ordinary${suffix}`, orgs: ORDINARY_ORGS, rate: ORDINARY * peak }),
    flood: createLoad({ apiUrl, name: `flood${suffix}`, orgs: 1, rate: 0 }),
  };
}

async function stopTraffic({ ordinary, flood }: Traffic): Promise<Record<keyof Traffic, LoadResult>> {
  const [ofOrdinary, ofFlood] = await Promise.all([ordinary.stop(), flood.stop()]);
  return { ordinary: ofOrdinary, flood: ofFlood };
}

/** Sets the flood's rate so that flood and ordinary load together are `times` the peak rate. */
const offer = ({ peak }: Stage, { flood }: Traffic, times: number) => flood.setRate((times - ORDINARY) * peak);

/** Starts the ordinary load and measures another org's latencies beside it. */
async function beCalm({ system, peak, options }: Stage, { ordinary }: Traffic, name: string): Promise<ProbeResult> {
  ordinary.start();
  await pause(WARM_UP_MS, options.signal);
  options.progress(`an ordinary load of ${Math.round(ORDINARY * peak)} a second`);
  const probe = startProbe(system, name);
  await pause(CALM_MS, options.signal);
  return probe.stop();
}

/** Starts the flood and changes its rate step by step. Another org posts all the time, since that costs something too. */
async function climb(stage: Stage, traffic: Traffic, name: string): Promise<{ steps: Step[]; ids: string[] }> {
  const { progress, signal, times: most } = stage.options;
  const climbed: Step[] = [];
  const probe = startProbe(stage.system, name);
  traffic.flood.start();
  for (const times of STEPS.filter((step) => step < most)) {
    offer(stage, traffic, times);
    await pause(SETTLE_MS, signal);
    const stored = await rateOver(stage.system, STEP_MS, signal);
    progress(`offered ${times} times what it can take, it stores ${Math.round(stored)} a second`);
    climbed.push({ times, stored });
  }
  return { steps: climbed, ids: (await probe.stop()).ids };
}

/** Runs the flood at its highest rate, then waits until nothing of it is left. */
async function beFlooded(stage: Stage, traffic: Traffic) {
  const { system, options } = stage;
  const { progress, signal, times, minutes } = options;
  progress(`offered ${times} times what it can take, for ${minutes} minutes`);
  offer(stage, traffic, times);
  const probe = startProbe(system, 'flooded');
  const from = { at: performance.now(), stored: await storedIn(system) };
  const memory = await watchMemory(system, minutes * 60_000, signal);
  const goodput = ((await storedIn(system)) - from.stored) / ((performance.now() - from.at) / 1_000);
  const ended = Promise.all([probe.stop(), stopTraffic(traffic)]);
  const over = performance.now();
  const last = await untilAccepted(system.apis[0]!.apiUrl);
  const accepted = performance.now() - over;
  const [flooded, sent] = await ended;
  progress('the load is over; waiting until nothing is left');
  await untilEmpty(system);
  return { goodput, memory, flooded, sent, last, recoveryMs: { accepted, empty: performance.now() - over } };
}

/** Accepted feedback by what their ids begin with: the id of a single one, or the key of a batch. */
function acceptedBy(singles: string[], loads: LoadResult[]): Map<string, number> {
  const batches = loads.flatMap(({ batches, perBatch }) => [...batches].map((batch) => [batch, perBatch] as const));
  return new Map([...singles.map((id) => [id, 1] as const), ...batches]);
}

/** Counts accepted feedback that isn't stored. Counts down in `accepted` itself, since a copy would be large. */
async function countMissing({ models }: System, accepted: Map<string, number>): Promise<number> {
  for await (const { _id } of models.feedback.find({}, { _id: 1 }).lean().cursor()) {
    const key = publicId(_id).split('.', 1)[0]!;
    const left = accepted.get(key);
    if (left !== undefined) accepted.set(key, left - 1);
  }
  return [...accepted.values()].reduce((sum, left) => sum + Math.max(0, left), 0);
}

/** Joins the calm measurements before and after the flood, since the machine's speed may have changed. */
function together(a: ProbeResult, b: ProbeResult): ProbeResult {
  return {
    latenciesMs: [...a.latenciesMs, ...b.latenciesMs],
    answersMs: [...a.answersMs, ...b.answersMs],
    refused: a.refused + b.refused,
    ids: [...a.ids, ...b.ids],
  };
}

/** Posts for the flooding org until it is accepted. Returns the id. */
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

const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });
