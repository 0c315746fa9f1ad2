import { randomBytes } from 'node:crypto';
import type { AggregateKey } from '../../aggregates/aggregateKey.ts';
import type { AggregateDelta } from '../../aggregates/contribution.ts';
import type { Models } from '../database.ts';
import { deleteAll, idsOf, insertAll } from '../mongodb/bulkWrites.ts';
import { isDuplicate } from '../mongodb/errors.ts';
import { deadlineOf, type Transaction, TransactionAborted } from '../mongodb/inTransaction.ts';
import { noteRankingChanges } from '../rankings/noteChanges.ts';
import { type AggregateDocument, isPairedId, partsUnder, pathOfPart } from './aggregateSchema.ts';
import { batchNumberOf, mergeDeltas, pairUp, partIdsOf, partOf, sumsOf } from './partDocuments.ts';
import { type CachedSum, createWrittenPartsCache, type StagedParts, type WrittenParts } from './writtenParts.ts';

/**
 * Writes what transactions add to aggregates, as parts that readers add up (as in ClickHouse's MergeTree). A transaction
 * never adds to a stored part. It inserts new ones: an insert costs a fraction of an update, and concurrent
 * inserts never touch the same document.
 *
 * A writer merges its own parts of an aggregate after it has written `maxParts`, so that readers find few. Each
 * transaction takes these steps in `stage`:
 *
 * 1. Choose the merge candidates: aggregates with a delta in this batch, and at least `maxParts` parts by this writer.
 * 2. Delete the candidates' parts, in one of two modes:
 *    - Cached: the writer knows the sum of the parts. It deletes them by id, unread, if all are there and unchanged.
 *      Else it throws; the transaction runs again in the other mode.
 *    - Read: the writer reads the parts and deletes them, except for a single unpaired part beside paired ones
 *      (`unpairedToKeep`). It uses this mode if it has no cached sum, if only one aggregate of a pair is a candidate,
 *      or if it adopts.
 *      Once an hour for each aggregate it also adopts other writers' parts that are older than two minutes:
 *      their writers have ended, or seldom write to this aggregate. Younger parts are left to their writers.
 * 3. Add the deleted parts' sums to the deltas, and insert one part for each aggregate.
 *
 * Two aggregates with the same delta, such as an org and its day, share a *paired* part, which has an id in each.
 * A merge keeps the pair if the sums are the same for both. Else the second aggregate gets a part of its own.
 *
 * Invariants:
 * - A merge does not change the sum of any aggregate's parts.
 * - Any process may merge, split or change any part. A change in place increments `changed`, so cached sums go stale.
 * - Of two transactions that delete the same part, one conflicts and runs again.
 * - The cache changes only in `committed` and `failed`. A writer runs one transaction at a time.
 * - Exactness does not depend on the cache. A forgotten part stays until it is adopted, or until compaction
 *   (`mergeOldParts`) merges it.
 */
export interface PartsWriter {
  /** Inserts deltas in a transaction, at most once in each attempt. Without deltas it stages nothing. */
  stage(deltas: AggregateDelta[], transaction: Transaction): Promise<StagedParts | undefined>;
  /** Remembers what was staged in a transaction that has committed. */
  committed(staged: StagedParts): void;
  /**
   * Forgets what may be wrong after a failed transaction. Returns `stale` if only a cached sum was out of date: nothing
   * was committed, and the same work can run again.
   */
  failed(error: unknown): 'failed' | 'stale';
  /** Called before each repeated attempt of a transaction. */
  onConflict?: (() => void) | undefined;
}

export interface PartsWriterOptions {
  onConflict?: (() => void) | undefined;
  /** parts of one aggregate that a writer writes before it merges them */
  maxParts?: number | undefined;
  /** aggregates whose parts are remembered, some 200 bytes each */
  remembered?: number | undefined;
  /** age in milliseconds from which other writers' parts are adopted */
  oldMs?: number | undefined;
}

export const MAX_PARTS = 8;
const REMEMBERED = 12_000;
export const OLD_MS = 2 * 60_000;
const ADOPT_EVERY_MS = 60 * 60_000;
/** Max aggregates in one transaction whose parts are adopted. MongoDB plans a range of ids for each. */
const MAX_ADOPTING = 64;

interface MergeCandidate {
  key: AggregateKey;
  written: WrittenParts;
}

/** Parts that a merge read: their sums, and which of this writer's part ids it deleted or kept. */
interface ReadParts extends Pick<StagedParts, 'deleted' | 'keptUnpaired'> {
  sums: AggregateDelta[];
}

const NOTHING_READ: ReadParts = { sums: [], deleted: [], keptUnpaired: [] };

/** A cached sum no longer matches the stored parts. */
class StaleCachedSum extends TransactionAborted {
  override name = 'StaleCachedSum';
}

export function createPartsWriter(
  models: Pick<Models, 'aggregates' | 'rankingChanges'>,
  { onConflict, maxParts = MAX_PARTS, remembered = REMEMBERED, oldMs = OLD_MS }: PartsWriterOptions = {},
): PartsWriter {
  const { aggregates } = models;
  const name = randomBytes(6).toString('base64url');
  const cache = createWrittenPartsCache(remembered);
  let lastBatch = 0;

  const writerSuffix = (batch: number) => `${name}.${batch.toString(36)}`;

  /** Deletes parts by their ids, unread. Throws StaleCachedSum unless all are as they were written. */
  async function deleteCached(
    sums: ReadonlyMap<CachedSum, readonly MergeCandidate[]>,
    transaction: Transaction,
  ): Promise<AggregateDelta[]> {
    const ids = [...sums].flatMap(([{ path }, [candidate]]) =>
      candidate!.written.batches.map((batch) => `${path} ${writerSuffix(batch)}`),
    );
    const unchanged = { changed: { $exists: false } };
    if ((await deleteAll(aggregates, ids, transaction, unchanged)) < ids.length) throw new StaleCachedSum();
    return [...sums].flatMap(([{ totals }, candidates]) => candidates.map(({ key }) => ({ key, ...totals })));
  }

  /**
   * Reads and deletes this writer's parts of the candidates, and other writers' old parts of the `adopting` paths.
   * It finds other writers' parts without writing to them, so only a part that is deleted can cause a conflict.
   */
  async function deleteRead(
    candidates: readonly MergeCandidate[],
    adopting: ReadonlySet<string>,
    transaction: Transaction,
  ): Promise<ReadParts> {
    const ids = candidates.flatMap(({ key, written }) =>
      written.batches.map((batch) => `${key.path} ${writerSuffix(batch)}`),
    );
    const own = new Set(ids);
    const isOwn = ({ _id, also }: AggregateDocument) => own.has(_id) || (also !== undefined && own.has(also));
    const isOld = ({ _id }: AggregateDocument) => batchNumberOf(_id) < Date.now() - oldMs;
    const filters = [
      { _id: { $in: ids } },
      { also: { $in: ids.filter(isPairedId) } },
      ...[...adopting].flatMap(partsUnder),
    ];
    // The driver's own find: Mongoose would cast each of the ids.
    const found = (await aggregates.collection
      .find({ $or: filters } as never, { session: transaction, ...deadlineOf(transaction) })
      .toArray()) as unknown as AggregateDocument[];
    const mergeable = found.filter((part) => isOwn(part) || isOld(part));
    const kept = unpairedToKeep(mergeable, adopting);
    const deleted = mergeable.filter((part) => !kept.has(part));
    await deleteAll(aggregates, idsOf(deleted), transaction);
    return {
      sums: sumsOf(deleted),
      deleted: deleted.filter(isOwn).flatMap(partIdsOf),
      keptUnpaired: [...kept].filter(isOwn).flatMap(partIdsOf),
    };
  }

  return {
    onConflict,
    async stage(deltas, transaction) {
      if (deltas.length === 0) return undefined;
      // The batch number is a time, so that others see the age of a part. No two attempts share one.
      lastBatch = Math.max(lastBatch + 1, Date.now());
      const batch = lastBatch;
      // 1. Choose the merge candidates.
      const candidates: MergeCandidate[] = [];
      for (const { key } of deltas) {
        const written = cache.get(key.path);
        if (written && written.batches.length >= maxParts) candidates.push({ key, written });
      }
      const adopting = candidates
        .filter(({ written }) => written.adoptedAt < batch - ADOPT_EVERY_MS)
        .slice(0, MAX_ADOPTING);
      const cached = cachedSumsOf(candidates.filter((candidate) => !adopting.includes(candidate)));
      const uncached = candidates.filter(({ written: { sum } }) => !sum || !cached.has(sum));
      const adoptingPaths = new Set(adopting.map(({ key }) => key.path));
      // 2. Delete their parts.
      const cachedSums = await deleteCached(cached, transaction);
      const read = uncached.length > 0 ? await deleteRead(uncached, adoptingPaths, transaction) : NOTHING_READ;
      // 3. Insert the new parts.
      const parts = pairUp(mergeDeltas(deltas, [...cachedSums, ...read.sums]));
      const suffix = writerSuffix(batch);
      const documents = parts.map((part) => partOf(part, suffix));
      await insertAll(aggregates, documents, transaction);
      await noteRankingChanges(models, deltas, transaction);
      return {
        batch,
        parts,
        merged: new Set(candidates.map(({ written }) => written)),
        adopted: adopting.map(({ written }) => written),
        deleted: read.deleted,
        keptUnpaired: read.keptUnpaired,
      };
    },
    committed: cache.remember,
    failed(error) {
      // It may be unknown whether the parts were committed. Adoption and compaction merge what is forgotten here.
      if (!isDuplicate(error) && !(error instanceof TransactionAborted)) cache.clear();
      if (!(error instanceof StaleCachedSum)) return 'failed';
      cache.forgetSums();
      return 'stale';
    },
  };
}

/** The cached sums of the candidates. The sum of a pair is left out unless both of its aggregates are candidates. */
function cachedSumsOf(candidates: readonly MergeCandidate[]): Map<CachedSum, MergeCandidate[]> {
  const sums = new Map<CachedSum, MergeCandidate[]>();
  for (const candidate of candidates) {
    const { sum } = candidate.written;
    if (sum) sums.set(sum, [...(sums.get(sum) ?? []), candidate]);
  }
  for (const [sum, ofSum] of sums) if (ofSum.length < sum.aggregates) sums.delete(sum);
  return sums;
}

/**
 * Unpaired parts to keep: an aggregate's only one, if it also has paired parts. A merge of both kinds would split
 * every pair into two parts. An aggregate with several unpaired parts, or one that adopts, keeps none.
 */
function unpairedToKeep(
  parts: readonly AggregateDocument[],
  adopting: ReadonlySet<string>,
): ReadonlySet<AggregateDocument> {
  const paired = parts.filter(({ also }) => also !== undefined);
  const pairedPaths = new Set(paired.flatMap(partIdsOf).map(pathOfPart));
  const single = new Map<string, AggregateDocument | undefined>();
  for (const part of parts) {
    const path = pathOfPart(part._id);
    if (part.also !== undefined || !pairedPaths.has(path) || adopting.has(path)) continue;
    single.set(path, single.has(path) ? undefined : part);
  }
  return new Set([...single.values()].filter((part) => part !== undefined));
}
