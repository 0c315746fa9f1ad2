import { randomBytes } from 'node:crypto';
import type { AggregateDelta } from '../../aggregates/contribution.ts';
import type { Models } from '../database.ts';
import { deleteAll, insertAll } from '../mongodb/bulkWrites.ts';
import { isDuplicate } from '../mongodb/errors.ts';
import { deadlineOf, inTransaction, type Transaction, TransactionAborted } from '../mongodb/inTransaction.ts';
import { type AggregateDocument, isPairedId, partsUnder, pathOfPart } from './aggregateSchema.ts';
import { batchNumberOf, mergeDeltas, pairUp, partIdsOf, partOf, sumsOf } from './partDocuments.ts';
import {
  type CachedSum,
  type CommittedMerge,
  createWrittenPartsCache,
  type WrittenParts,
} from './writtenParts.ts';

/**
 * The parts that one writer adds to aggregates. What a batch adds is inserted, never added to what is there: an insert
 * costs a fraction of an update, and writers at work at the same time meet in no document. A writer that has left a few
 * parts of an aggregate puts their sum in their place, so that readers find few. Where it remembers what they add up to, it
 * need not read them: it takes them as long as all are there, unchanged, and else runs again and reads. So anyone may merge
 * or change anything, as long as what is changed says so; of two that do so at once, one runs again.
 *
 * Where two aggregates of a pair gain the same, an org and its day, say, they get one part that is of both, and what is merged
 * of such parts stays one as long as it is the same for both. Else the other of the pair gets a part in place of those that went.
 *
 * A writer merges its own parts. Once an hour, and the first time, it takes those of others along that are some minutes old:
 * of writers that are gone, or that have little to do with this aggregate. What others are busy with it leaves alone. What nobody
 * comes back to is merged by a walk beside the storing; see `mergeOldParts`.
 */
export interface PartsWriter {
  /** Runs a transaction, again after a conflict; `add` adds to the aggregates in it, once in a run. */
  write<T>(
    work: (session: Transaction, add: (gains: AggregateDelta[]) => Promise<void>) => Promise<T>,
  ): Promise<T>;
}

export interface PartsWriterOptions {
  onConflict?: (() => void) | undefined;
  /** parts of one aggregate that a writer leaves before it merges them */
  maxParts?: number | undefined;
  /** aggregates that it remembers, some 200 bytes each */
  remembered?: number | undefined;
  /** age of others' parts from which they are merged, too */
  oldMs?: number | undefined;
}

export const MAX_PARTS = 8;
const REMEMBERED = 12_000;
export const OLD_MS = 2 * 60_000;
const ADOPT_EVERY_MS = 60 * 60_000;
/** A range of ids for each costs MongoDB some time to plan. */
const MAX_ADOPTED = 64;

interface MergeCandidate {
  gain: AggregateDelta;
  left: WrittenParts;
}

/** What a transaction takes away, and of the names that its writer had given parts those that it took, and left, by reading. */
interface ReadParts extends Pick<CommittedMerge, 'deleted' | 'keptUnpaired'> {
  gains: AggregateDelta[];
}

const NOTHING: ReadParts = { gains: [], deleted: [], keptUnpaired: [] };

/** What a writer remembers the sum of is not what is there. */
class PartsChanged extends TransactionAborted {
  override name = 'PartsChanged';
}

export function createPartsWriter(
  models: Pick<Models, 'aggregates' | 'connection'>,
  { onConflict, maxParts = MAX_PARTS, remembered = REMEMBERED, oldMs = OLD_MS }: PartsWriterOptions = {},
): PartsWriter {
  const { aggregates } = models;
  const name = randomBytes(6).toString('base64url');
  const left = createWrittenPartsCache(remembered);
  let lastBatch = 0;
  let done: CommittedMerge | undefined;

  const wordOf = (batch: number) => `${name}.${batch.toString(36)}`;

  /**
   * Takes the own parts of these aggregates away, and for some the old ones of others, too. Those of others are looked at
   * without touching them, so that only what is taken can meet another's merge.
   */
  async function take(
    merged: readonly MergeCandidate[],
    clear: ReadonlySet<string>,
    session: Transaction,
  ): Promise<ReadParts> {
    const names = merged.flatMap(({ gain, left: { batches } }) =>
      batches.map((batch) => `${gain.key.path} ${wordOf(batch)}`),
    );
    const own = new Set(names);
    const isOwn = ({ _id, also }: AggregateDocument) => own.has(_id) || (also !== undefined && own.has(also));
    const isOld = ({ _id }: AggregateDocument) => batchNumberOf(_id) < Date.now() - oldMs;
    const filters = [
      { _id: { $in: names } },
      { also: { $in: names.filter(isPairedId) } },
      ...[...clear].flatMap(partsUnder),
    ];
    // By the driver: Mongoose would cast each of the names.
    const found = (await aggregates.collection
      .find({ $or: filters } as never, { session, ...deadlineOf(session) })
      .toArray()) as unknown as AggregateDocument[];
    const due = found.filter((part) => isOwn(part) || isOld(part));
    const spared = keptUnpairedOf(due, clear);
    const taken = due.filter((part) => !spared.has(part));
    await deleteAll(
      aggregates,
      taken.map(({ _id }) => _id),
      session,
    );
    return {
      gains: sumsOf(taken),
      deleted: taken.filter(isOwn).flatMap(partIdsOf),
      keptUnpaired: [...spared].filter(isOwn).flatMap(partIdsOf),
    };
  }

  /** Takes own parts away without reading them. Throws PartsChanged where they are not what is remembered of them. */
  async function takeRemembered(
    sums: ReadonlyMap<CachedSum, readonly MergeCandidate[]>,
    session: Transaction,
  ): Promise<AggregateDelta[]> {
    const names = [...sums].flatMap(([{ path }, [due]]) =>
      due!.left.batches.map((batch) => `${path} ${wordOf(batch)}`),
    );
    const unchanged = { changed: { $exists: false } };
    if ((await deleteAll(aggregates, names, session, unchanged)) < names.length) throw new PartsChanged();
    return [...sums].flatMap(([{ totals }, all]) => all.map(({ gain }) => ({ key: gain.key, ...totals })));
  }

  async function add(gains: AggregateDelta[], session: Transaction): Promise<void> {
    // The time, so that others see how old a part is; never the same twice, whatever becomes of its transaction.
    lastBatch = Math.max(lastBatch + 1, Date.now());
    const batch = lastBatch;
    const due: MergeCandidate[] = [];
    for (const gain of gains) {
      const known = left.get(gain.key.path);
      if (known && known.batches.length >= maxParts) due.push({ gain, left: known });
    }
    const uncleared = due.filter((one) => one.left.adoptedAt < batch - ADOPT_EVERY_MS).slice(0, MAX_ADOPTED);
    const remembered = sumsAmong(due.filter((one) => !uncleared.includes(one)));
    const read = due.filter(({ left: { sum } }) => !sum || !remembered.has(sum));
    const clear = new Set(uncleared.map(({ gain }) => gain.key.path));
    const unread = await takeRemembered(remembered, session);
    const taken = read.length > 0 ? await take(read, clear, session) : NOTHING;
    const parts = pairUp(mergeDeltas(gains, [...unread, ...taken.gains]));
    const word = wordOf(batch);
    const documents = parts.map((part) => partOf(part, word));
    await insertAll(aggregates, documents, session);
    done = {
      ...taken,
      batch,
      parts,
      merged: new Set(due.map((one) => one.left)),
      adopted: uncleared.map((one) => one.left),
    };
  }

  return {
    async write(work) {
      for (let runs = 0; ; ) {
        try {
          const result = await inTransaction(models, (session) => {
            done = undefined;
            if (runs++ > 0) onConflict?.();
            return work(session, (gains) => add(gains, session));
          });
          if (done) left.remember(done);
          return result;
        } catch (error) {
          // What it left may be there or not. Nothing is lost by not knowing: somebody clears up after it.
          if (!isDuplicate(error) && !(error instanceof TransactionAborted)) left.clear();
          if (!(error instanceof PartsChanged)) throw error;
          left.forgetSums();
        }
      }
    },
  };
}

/** The sums that are remembered of all parts of those that are due, with those that they are of. */
function sumsAmong(due: readonly MergeCandidate[]): Map<CachedSum, MergeCandidate[]> {
  const sums = new Map<CachedSum, MergeCandidate[]>();
  for (const one of due) {
    const { sum } = one.left;
    if (sum) sums.set(sum, [...(sums.get(sum) ?? []), one]);
  }
  for (const [sum, all] of sums) if (all.length < sum.aggregates) sums.delete(sum);
  return sums;
}

/**
 * The part that an aggregate has by itself, beside parts that are of a pair: it is not merged with them, for that would make two
 * of each. Where it has several they are.
 */
function keptUnpairedOf(
  parts: readonly AggregateDocument[],
  clear: ReadonlySet<string>,
): ReadonlySet<AggregateDocument> {
  const paired = new Set(
    parts
      .filter(({ also }) => also !== undefined)
      .flatMap(partIdsOf)
      .map(pathOfPart),
  );
  const single = new Map<string, AggregateDocument | undefined>();
  for (const part of parts) {
    const path = pathOfPart(part._id);
    if (part.also !== undefined || !paired.has(path) || clear.has(path)) continue;
    single.set(path, single.has(path) ? undefined : part);
  }
  return new Set([...single.values()].filter((part) => part !== undefined));
}
