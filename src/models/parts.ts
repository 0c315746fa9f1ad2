import { randomBytes } from 'node:crypto';
import type { Gain } from '../aggregates/contribution.ts';
import type { Delta } from '../aggregates/delta.ts';
import { type PackedDelta, packDelta } from '../aggregates/packDelta.ts';
import { type AggregateDocument, pathOfPart } from './aggregate.ts';
import type { Models } from './database.ts';
import { inTransaction, type Session, TransactionGivenUp } from './inTransaction.ts';
import { isDuplicate } from './isDuplicate.ts';
import { addTotals, type Totals, totalsOf } from './readTotals.ts';
import { insertAll } from './writeAll.ts';

/**
 * The parts that one writer adds to aggregates. What a batch adds is inserted, never added to what is there: an insert
 * costs a fraction of an update, and writers at work at the same time meet in no document. A writer that has left a few
 * parts of an aggregate puts their sum in their place, so that readers find few. What it reads of them is what counts,
 * not what it remembers, so anyone may merge anything: of two that do so at once, one runs again.
 *
 * A writer merges its own parts. Once an hour, and the first time, it takes those of others along that are some minutes old:
 * of writers that are gone, or that have little to do with this aggregate. What others are busy with it leaves alone. What nobody
 * comes back to is merged by a walk beside the storing; see `mergeOldParts`.
 */
export interface Parts {
  /** Runs a transaction, again after a conflict; `add` adds to the aggregates in it, once in a run. */
  write<T>(work: (session: Session, add: (gains: Gain[]) => Promise<void>) => Promise<T>): Promise<T>;
}

export interface PartsOptions {
  onConflict?: (() => void) | undefined;
  /** parts of one aggregate that a writer leaves before it merges them */
  most?: number | undefined;
  /** aggregates that it remembers, some 200 bytes each */
  remembered?: number | undefined;
  /** age of others' parts from which they are merged, too */
  oldMs?: number | undefined;
}

export const MOST_PARTS = 8;
const REMEMBERED = 12_000;
export const OLD_MS = 2 * 60_000;
const CLEAR_EVERY_MS = 60 * 60_000;
/** A range of ids for each costs MongoDB some time to plan. */
const CLEARED_AT_ONCE = 64;

/** What a writer remembers of an aggregate: the batches that left parts, and when it cleared up after others. */
interface Left {
  batches: number[];
  clearedAt: number;
}

/** What a transaction does that is to be remembered where it commits. */
interface Added {
  batch: number;
  gains: readonly Gain[];
  merged: readonly { path: string; left: Left }[];
  cleared: readonly { left: Left }[];
}

export function createParts(
  models: Pick<Models, 'aggregates' | 'connection'>,
  { onConflict, most = MOST_PARTS, remembered = REMEMBERED, oldMs = OLD_MS }: PartsOptions = {},
): Parts {
  const { aggregates } = models;
  const name = randomBytes(6).toString('base64url');
  let lastBatch = 0;
  const left = new Map<string, Left>();
  let added: Added | undefined;

  const wordOf = (batch: number) => `${name}.${batch.toString(36)}`;

  /**
   * Takes the own parts of these aggregates away, and for some the old ones of others, too; returns them by path. Those
   * of others are looked at without touching them, so that only what is taken can meet another's merge.
   */
  async function take(
    due: { path: string; left: Left }[],
    clear: ReadonlySet<string>,
    session: Session,
  ): Promise<Map<string, Totals[]>> {
    const ids = due.flatMap((one) => one.left.batches.map((batch) => `${one.path} ${wordOf(batch)}`));
    const ranges = [...clear].map((path) => ({ _id: { $gte: `${path} `, $lt: `${path}!` } }));
    const own = new Set(ids);
    const isOld = (id: string) => batchOfPart(id) < Date.now() - oldMs;
    const found = new Map<string, Totals[]>();
    const taken: string[] = [];
    const documents = await aggregates
      .find({ $or: [{ _id: { $in: ids } }, ...ranges] }, null, { session })
      .lean<AggregateDocument[]>();
    for (const document of documents) {
      if (!own.has(document._id) && !isOld(document._id)) continue;
      const path = pathOfPart(document._id);
      found.set(path, [...(found.get(path) ?? []), totalsOf(document)]);
      taken.push(document._id);
    }
    await aggregates.collection.deleteMany({ _id: { $in: taken as never[] } }, { session });
    return found;
  }

  async function add(gains: Gain[], session: Session): Promise<void> {
    // The time, so that others see how old a part is; never the same twice, whatever becomes of its transaction.
    lastBatch = Math.max(lastBatch + 1, Date.now());
    const batch = lastBatch;
    const due = gains.flatMap(({ key: { path } }) => {
      const known = left.get(path);
      return known && known.batches.length >= most ? [{ path, left: known }] : [];
    });
    const uncleared = due
      .filter((one) => one.left.clearedAt < batch - CLEAR_EVERY_MS)
      .slice(0, CLEARED_AT_ONCE);
    const clear = new Set(uncleared.map(({ path }) => path));
    const taken = due.length > 0 ? await take(due, clear, session) : new Map<string, Totals[]>();
    const packed = packOnce();
    const documents = gains.map((gain) => {
      const others = taken.get(gain.key.path);
      const sum = others ? { key: gain.key, ...addTotals([gain, ...others]) } : gain;
      return partOf(sum, wordOf(batch), packed);
    });
    await insertAll(aggregates, documents, session);
    added = { batch, gains, merged: due, cleared: uncleared };
  }

  function remember({ batch, gains, merged, cleared }: Added): void {
    for (const { left } of merged) left.batches.length = 0;
    for (const { left } of cleared) left.clearedAt = batch;
    for (const { key } of gains) {
      const known = left.get(key.path) ?? { batches: [], clearedAt: 0 };
      known.batches.push(batch);
      // Those that gain most often are at the end, and forgotten last.
      left.delete(key.path);
      left.set(key.path, known);
    }
    for (const path of left.keys()) {
      if (left.size <= remembered) break;
      left.delete(path);
    }
  }

  return {
    async write(work) {
      added = undefined;
      try {
        const result = await inTransaction(models, (session, attempt) => {
          if (attempt > 0) onConflict?.();
          return work(session, (gains) => add(gains, session));
        });
        if (added) remember(added);
        return result;
      } catch (error) {
        // What it left may be there or not. Nothing is lost by not knowing: somebody clears up after it.
        if (!isDuplicate(error) && !(error instanceof TransactionGivenUp)) left.clear();
        throw error;
      }
    },
  };
}

/** Packs deltas, the same one that comes again right after without doing it again: a feedback's user and session. */
function packOnce(): typeof packDelta {
  let last: Delta | undefined;
  let packed: PackedDelta;
  return (delta) => {
    if (delta !== last) packed = packDelta(delta);
    last = delta;
    return packed;
  };
}

/** When a part was left, as its name says; not a number where it was not named by a writer. */
export function batchOfPart(id: string): number {
  return Number.parseInt(id.slice(id.lastIndexOf('.') + 1), 36);
}

/** The document that holds a gain as a part; `word` tells it from the other parts of its aggregate. */
export function partOf(
  { key, delta, firstAt, lastAt }: Gain,
  word: string,
  pack = packDelta,
): AggregateDocument {
  const { path, ...fields } = key;
  const span = { ...(firstAt && { firstAt }), ...(lastAt && { lastAt }) };
  return { _id: `${path} ${word}`, ...fields, ...span, ...pack(delta) };
}
