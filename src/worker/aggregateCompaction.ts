import type { Logger } from 'pino';
import { mergeOldParts, type Scan, type ScanPosition } from '../models/aggregates/mergeOldParts.ts';
import { OLD_MS } from '../models/aggregates/partsWriter.ts';
import type { Models } from '../models/database.ts';
import { runPeriodically } from './runPeriodically.ts';
import type { RunningWorker } from './startBackgroundWorker.ts';

/** Max share of one thread's time: while feedback is stored, and else. */
const SHARE = { busy: 0.02, idle: 0.5 };
const PAUSE_MS = { between: 10_000, firstFull: 10 * 60_000, full: 60 * 60_000, max: 10_000 };
/** Documents that aggregates gain between two looks without being written to in bulk. */
const CALM_GAIN = 500;
/** Gain after which shared aggregates are scanned, and the longest that a scan then waits for calm. */
const SHARED = { gain: 1_000, waitMs: 5 * 60_000 };
/** Gain, as a share of all documents and at least so many, after which all aggregates are scanned. */
const FULL = { share: 0.1, gain: 20_000 };
/** Age from which parts are old when there is calm: their writers are done. */
const CALM_OLD_MS = 5_000;

interface Options {
  models: Models;
  /** whether this process is storing feedback of apps */
  isBusy(): boolean;
  log: Logger;
  /** milliseconds until the first look, and until the first scan of all aggregates, random by default */
  firstMs?: { look: number; full: number };
}

interface RunningScan {
  scan: Scan;
  position: ScanPosition | undefined;
  merged: number;
  oldMs: number;
}

/**
 * Merges the parts that no writer will merge (compaction). Any number of processes may do so at once.
 *
 * 1. Every ten seconds, look at the number of documents of aggregates, which MongoDB knows without counting.
 * 2. If they grew, as by an import, and grow no more, scan the aggregates that all reading meets: of orgs, days and everyone. If
 *    they grew by much, and once an hour, scan all aggregates.
 * 3. After a scan that merged something, and after one that was outrun by writers, look again.
 */
export function startAggregateCompaction({ models, isBusy, log, firstMs }: Options): RunningWorker {
  const jitter = () => 0.5 + Math.random();
  const first = firstMs ?? { look: PAUSE_MS.between * jitter(), full: PAUSE_MS.firstFull * jitter() };
  const counted = { last: 0, atShared: 0, atFull: Number.POSITIVE_INFINITY };
  let sharedMs = performance.now();
  let fullMs = performance.now() + first.full;
  let running: RunningScan | undefined;

  async function dueScan(): Promise<RunningScan | undefined> {
    const count = await models.aggregates.estimatedDocumentCount();
    const isCalm = !isBusy() && Math.abs(count - counted.last) < CALM_GAIN;
    counted.last = count;
    const nowMs = performance.now();
    counted.atFull = Math.min(counted.atFull, count);
    counted.atShared = Math.min(counted.atShared, count);
    const isFullDue =
      nowMs >= fullMs || (isCalm && count - counted.atFull >= Math.max(FULL.gain, FULL.share * counted.atFull));
    const isSharedDue = count - counted.atShared >= SHARED.gain && (isCalm || nowMs - sharedMs >= SHARED.waitMs);
    if (!isFullDue && !isSharedDue) return undefined;
    return { scan: isFullDue ? 'all' : 'shared', position: undefined, merged: 0, oldMs: isCalm ? CALM_OLD_MS : OLD_MS };
  }

  return runPeriodically(async () => {
    const startMs = performance.now();
    try {
      running ??= await dueScan();
      if (!running) return PAUSE_MS.between;
      const step = await mergeOldParts(models, running.position, running);
      running.position = step.next;
      running.merged += step.merged;
      if (running.position === undefined) {
        const { scan, merged } = running;
        running = undefined;
        if (merged > 0) log.info({ merged }, 'merged old parts of aggregates');
        sharedMs = performance.now();
        counted.last = await models.aggregates.estimatedDocumentCount();
        // A merge may split pairs, which then belong to parts of other aggregates: look again.
        counted.atShared = merged >= SHARED.gain ? 0 : counted.last;
        if (scan === 'all') {
          counted.atFull = counted.last;
          fullMs = sharedMs + PAUSE_MS.full * jitter();
        }
      }
      const tookMs = performance.now() - startMs;
      return Math.min(tookMs / (isBusy() ? SHARE.busy : SHARE.idle) - tookMs, PAUSE_MS.max);
    } catch (error) {
      // An outage: the transaction merged nothing.
      log.debug({ err: error }, 'old parts could not be merged and will be later');
      return PAUSE_MS.between;
    }
  }, first.look);
}
