import { setTimeout as sleep } from 'node:timers/promises';
import { mismatches, verifyAggregates } from '../../../src/models/aggregates/verifyAggregates.ts';
import { type System, startSystem } from '../system.ts';
import { createLoad, type Load, type LoadResult } from './load.ts';
import { type ProbeResult, postOne, startProbe } from './probe.ts';
import { type Span, watchMemory } from './watchMemory.ts';

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
  /** before the most was offered, and again afterwards */
  steps: Step[];
  /** stored a second under overload */
  goodput: number;
  /** offered a second */
  offered: number;
  flood: LoadResult;
  ordinary: LoadResult;
  /** another org's feedback, under the ordinary load alone, before and after, and beside the flood */
  probes: { calm: ProbeResult; flooded: ProbeResult };
  /** over the overload */
  memory: Record<'api' | 'worker', Span>;
  /** from the end of the load until the flooding org is accepted again, and until nothing waits */
  recoveryMs: { accepted: number; empty: number };
  accepted: number;
  lost: number;
  aggregateDifferences: string[];
}

export interface Step {
  /** what was offered, of what the service can take */
  times: number;
  /** a second */
  stored: number;
}

/**
 * The ordinary load, of what the service can take. It is stored as it comes, in transactions smaller than those in which that is found:
 * this is some six tenths of what can be stored so.
 */
const ORDINARY = 0.4;
const ORDINARY_ORGS = 20;
const WARM_UP_MS = 8_000;
/** More feedback than fits into MongoDB's memory. */
const FILLED = 700_000;
/** As long as MongoDB goes between two checkpoints, in which it writes what it has only noted down before. */
const PEAK_MS = 60_000;
const CALM_MS = 60_000;
/**
 * What is offered before the most and again afterwards, of what the service can take: up and down, so that what changes in the
 * meantime, the machine and the database, does so for each of them alike.
 */
const STEPS = [1, 2, 3, 3, 2, 1];
const SETTLE_MS = 5_000;
const STEP_MS = 15_000;
/** What an org may send a second, so that all of the ordinary orgs stay within theirs on any machine. */
const SHARE_OF_PEAK = 0.05;

const BACKLOG_LIMIT_MB = '64';
/** What a feedback takes in Redis, and Redis without any; roughly. */
const BYTES = { feedback: 350, none: 2 * 2 ** 20 };

/**
 * Finds what the service can take, offers it more than that, up to several times as much, and looks how it fares. What it can take is found again
 * afterwards, since the machine may have become faster or slower meanwhile. All in one database, which is filled first: while it
 * still fits into MongoDB's memory, ever less is stored a second, whatever is offered.
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
    const ids = acceptedIds(singles, [before.sent, ...loads, after.sent]);
    return {
      ...run,
      peaks: { before: before.rate, after: after.rate },
      accepted: ids.size,
      lost: await countMissing(system, ids),
      aggregateDifferences: mismatches(await verifyAggregates(system.models)),
    };
  } finally {
    await system.stop();
  }
}

/** What is stored a second of a load that sends as fast as it is taken, once the database is filled; and the end of it. */
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

/** Limits by which a backlog, and what an org sends within its share, are the same part of what any machine can take. */
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

/** With other limits, or with those of the beginning. */
async function startAgain({ apis, workers }: System, limits?: Record<string, string>): Promise<void> {
  for (const role of [...apis, ...workers]) {
    await role.end('SIGTERM');
    await role.start(limits);
  }
}

/** A service, what it can take a second, and what is to be done with it. */
interface Stage {
  system: System;
  peak: number;
  options: OverloadOptions;
}

/** Many orgs within their shares, and one far beyond its own. */
interface Traffic {
  ordinary: Load;
  flood: Load;
}

async function overload(stage: Stage) {
  const { system, peak, options } = stage;
  // Made at once, so that nothing is held up by it later.
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
    /** what was accepted, for comparing it with what is stored */
    loads: [...Object.values(sent), ...Object.values(sentAfter)],
    singles: [calmBefore, climbedBefore, flooded, calmAfter, climbedAfter]
      .flatMap(({ ids }) => ids)
      .concat(last),
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

/** The flood is what the ordinary load leaves of so many times what the service can take. */
const offer = ({ peak }: Stage, { flood }: Traffic, times: number) =>
  flood.setRate((times - ORDINARY) * peak);

/** The ordinary load begins, and how soon another org's feedback is readable beside it. */
async function beCalm(
  { system, peak, options }: Stage,
  { ordinary }: Traffic,
  name: string,
): Promise<ProbeResult> {
  ordinary.start();
  await pause(WARM_UP_MS, options.signal);
  options.progress(`an ordinary load of ${Math.round(ORDINARY * peak)} a second`);
  const probe = startProbe(system, name);
  await pause(CALM_MS, options.signal);
  return probe.stop();
}

/** The flood begins, and comes and goes. Another org posts beside it as it does at other times, since that takes something, too. */
async function climb(
  stage: Stage,
  traffic: Traffic,
  name: string,
): Promise<{ steps: Step[]; ids: string[] }> {
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

/** The flood at its greatest, until it is over and nothing is left of it. */
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

function acceptedIds(single: string[], loads: LoadResult[]): Set<string> {
  const ids = new Set(single);
  for (const { batches, perBatch } of loads)
    for (const batch of batches) for (let n = 0; n < perBatch; n++) ids.add(`${batch}.${n}`);
  return ids;
}

/** Takes from the set what is stored; a copy of so many would be large. */
async function countMissing({ models }: System, ids: Set<string>): Promise<number> {
  for await (const { _id } of models.feedback.find({}, { _id: 1 }).lean().cursor()) ids.delete(_id);
  return ids.size;
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

const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });
