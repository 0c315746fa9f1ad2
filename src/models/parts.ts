import { randomBytes } from 'node:crypto';
import type { AggregateKey } from '../aggregates/aggregateKey.ts';
import type { Gain } from '../aggregates/contribution.ts';
import type { Delta } from '../aggregates/delta.ts';
import { packDelta } from '../aggregates/packDelta.ts';
import {
  type AggregateDocument,
  isSecondName,
  keysOfPart,
  partsUnder,
  pathOfPart,
  SECOND_KINDS,
} from './aggregate.ts';
import type { Models } from './database.ts';
import { deadlineOf, inTransaction, type Session, TransactionGivenUp } from './inTransaction.ts';
import { isDuplicate } from './isDuplicate.ts';
import { addTotals, type Totals, totalsOf } from './readTotals.ts';
import { deleteAll, insertAll } from './writeAll.ts';

/**
 * The parts that one writer adds to aggregates. What a batch adds is inserted, never added to what is there: an insert
 * costs a fraction of an update, and writers at work at the same time meet in no document. A writer that has left a few
 * parts of an aggregate puts their sum in their place, so that readers find few. What it reads of them is what counts,
 * not what it remembers, so anyone may merge anything: of two that do so at once, one runs again.
 *
 * Where two aggregates of a pair gain the same, an org and its day, say, they get one part that is of both, and what is merged
 * of such parts stays one as long as it is the same for both. Else the other of the pair gets a part in place of those that went.
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

/** What a transaction takes away: the sums of it, and of the names that its writer had given those that it took, and left. */
interface Taken {
  gains: Gain[];
  names: string[];
  spared: string[];
}

/** What a transaction does that is to be remembered where it commits. */
interface Added {
  batch: number;
  gains: readonly Gain[];
  merged: readonly Left[];
  cleared: readonly Left[];
  taken: Pick<Taken, 'names' | 'spared'>;
}

const NOTHING: Taken = { gains: [], names: [], spared: [] };

export function createParts(
  models: Pick<Models, 'aggregates' | 'connection'>,
  { onConflict, most = MOST_PARTS, remembered = REMEMBERED, oldMs = OLD_MS }: PartsOptions = {},
): Parts {
  const { aggregates } = models;
  const name = randomBytes(6).toString('base64url');
  let lastBatch = 0;
  // Two generations: what has not gained while one was filled is forgotten with the other.
  let left = new Map<string, Left>();
  let leftBefore = new Map<string, Left>();
  let added: Added | undefined;

  const leftOf = (path: string) => left.get(path) ?? leftBefore.get(path);
  const wordOf = (batch: number) => `${name}.${batch.toString(36)}`;

  /**
   * Takes the own parts of these aggregates away, and for some the old ones of others, too. Those of others are looked at
   * without touching them, so that only what is taken can meet another's merge.
   */
  async function take(
    merged: { path: string; left: Left }[],
    clear: ReadonlySet<string>,
    session: Session,
  ): Promise<Taken> {
    const names = merged.flatMap((one) => one.left.batches.map((batch) => `${one.path} ${wordOf(batch)}`));
    const own = new Set(names);
    const isOwn = ({ _id, also }: AggregateDocument) => own.has(_id) || (also !== undefined && own.has(also));
    const isOld = ({ _id }: AggregateDocument) => batchOfPart(_id) < Date.now() - oldMs;
    const filters = [
      { _id: { $in: names } },
      { also: { $in: names.filter(isSecondName) } },
      ...[...clear].flatMap(partsUnder),
    ];
    // By the driver: Mongoose would cast each of the names.
    const found = (await aggregates.collection
      .find({ $or: filters } as never, { session, ...deadlineOf(session) })
      .toArray()) as unknown as AggregateDocument[];
    const due = found.filter((part) => isOwn(part) || isOld(part));
    const spared = sparedOf(due, clear);
    const taken = due.filter((part) => !spared.has(part));
    await deleteAll(
      aggregates,
      taken.map(({ _id }) => _id),
      session,
    );
    return {
      gains: sumsOf(taken),
      names: taken.filter(isOwn).flatMap(namesOf),
      spared: [...spared].filter(isOwn).flatMap(namesOf),
    };
  }

  async function add(gains: Gain[], session: Session): Promise<void> {
    // The time, so that others see how old a part is; never the same twice, whatever becomes of its transaction.
    lastBatch = Math.max(lastBatch + 1, Date.now());
    const batch = lastBatch;
    const due: { path: string; left: Left }[] = [];
    for (const { key } of gains) {
      const known = leftOf(key.path);
      if (known && known.batches.length >= most) due.push({ path: key.path, left: known });
    }
    const uncleared = due
      .filter((one) => one.left.clearedAt < batch - CLEAR_EVERY_MS)
      .slice(0, CLEARED_AT_ONCE);
    const clear = new Set(uncleared.map(({ path }) => path));
    const taken = due.length > 0 ? await take(due, clear, session) : NOTHING;
    const all = addAll(gains, taken.gains);
    const documents = partsOf(all, wordOf(batch));
    await insertAll(aggregates, documents, session);
    added = {
      batch,
      gains: all,
      merged: due.map((one) => one.left),
      cleared: uncleared.map((one) => one.left),
      taken,
    };
  }

  function remember({ batch, gains, merged, cleared, taken }: Added): void {
    for (const one of merged) one.batches.length = 0;
    for (const one of cleared) one.clearedAt = batch;
    for (const name of taken.spared) leftOf(pathOfPart(name))?.batches.push(batchOfPart(name));
    for (const name of taken.names) {
      const known = leftOf(pathOfPart(name));
      const at = known ? known.batches.indexOf(batchOfPart(name)) : -1;
      if (at >= 0) known?.batches.splice(at, 1);
    }
    for (const { key } of gains) {
      const known = leftOf(key.path) ?? { batches: [], clearedAt: 0 };
      known.batches.push(batch);
      left.set(key.path, known);
    }
    if (left.size < remembered / 2) return;
    leftBefore = left;
    left = new Map();
  }

  function forget(): void {
    left = new Map();
    leftBefore = new Map();
  }

  return {
    async write(work) {
      try {
        const result = await inTransaction(models, (session, attempt) => {
          added = undefined;
          if (attempt > 0) onConflict?.();
          return work(session, (gains) => add(gains, session));
        });
        if (added) remember(added);
        return result;
      } catch (error) {
        // What it left may be there or not. Nothing is lost by not knowing: somebody clears up after it.
        if (!isDuplicate(error) && !(error instanceof TransactionGivenUp)) forget();
        throw error;
      }
    },
  };
}

/**
 * The part that an aggregate has by itself, beside parts that are of a pair: it is not merged with them, for that would make two
 * of each. Where it has several they are.
 */
function sparedOf(
  parts: readonly AggregateDocument[],
  clear: ReadonlySet<string>,
): ReadonlySet<AggregateDocument> {
  const paired = new Set(
    parts
      .filter(({ also }) => also !== undefined)
      .flatMap(namesOf)
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

/** What parts add up to, by each aggregate that they are of; the same delta where two are of the same parts. */
export function sumsOf(parts: readonly AggregateDocument[]): Gain[] {
  const found = new Map<string, { key: AggregateKey; all: Totals[] }>();
  for (const part of parts) {
    const totals = totalsOf(part);
    for (const key of keysOfPart(part)) {
      const known = found.get(key.path);
      if (known) known.all.push(totals);
      else found.set(key.path, { key, all: [totals] });
    }
  }
  let last: { all: Totals[]; sum: Totals } | undefined;
  return [...found.values()].map(({ key, all }) => {
    if (!last || !isSame(last.all, all)) last = { all, sum: addTotals(all) };
    return { key, ...last.sum };
  });
}

const isSame = <T>(a: readonly T[], b: readonly T[]) =>
  a.length === b.length && a.every((one, at) => one === b[at]);

/** Gains with others added to them, one of each aggregate; the same delta where two gain the same. */
function addAll(gains: Gain[], others: readonly Gain[]): Gain[] {
  if (others.length === 0) return gains;
  const left = new Map(others.map((other) => [other.key.path, other]));
  let last: { deltas: Delta[]; sum: Totals } | undefined;
  const sums = gains.map((gain) => {
    const other = left.get(gain.key.path);
    if (!other) return gain;
    left.delete(gain.key.path);
    const deltas = [gain.delta, other.delta];
    if (!last || !isSame(last.deltas, deltas)) last = { deltas, sum: addTotals([gain, other]) };
    return { key: gain.key, ...last.sum };
  });
  return [...sums, ...left.values()];
}

/** The documents that hold gains as parts; `word` tells them from the other parts of their aggregates. */
export function partsOf(gains: readonly Gain[], word: string): AggregateDocument[] {
  const parts: AggregateDocument[] = [];
  for (let at = 0; at < gains.length; at++) {
    const gain = gains[at]!;
    const next = gains[at + 1];
    const isPair = next?.delta === gain.delta && SECOND_KINDS[gain.key.kind] === next.key.kind;
    parts.push(partOf(gain, word, isPair ? next.key : undefined));
    if (isPair) at++;
  }
  return parts;
}

/** The document that holds a gain as a part, and that of a second aggregate which gains the same. */
export function partOf(
  { key, delta, firstAt, lastAt }: Gain,
  word: string,
  second?: AggregateKey,
): AggregateDocument {
  const part: AggregateDocument = {
    _id: `${key.path} ${word}`,
    kind: key.kind,
    orgId: key.orgId,
    id: key.id,
    ...packDelta(delta),
  };
  if (second) part.also = `${second.path} ${word}`;
  if (key.experiment !== undefined) part.experiment = key.experiment;
  if (key.day !== undefined) part.day = key.day;
  if (firstAt) part.firstAt = firstAt;
  if (lastAt) part.lastAt = lastAt;
  return part;
}

function namesOf({ _id, also }: AggregateDocument): string[] {
  return also === undefined ? [_id] : [_id, also];
}

/** When a part was left, as its name says; not a number where it was not named by a writer. */
export function batchOfPart(name: string): number {
  return Number.parseInt(name.slice(name.lastIndexOf('.') + 1), 36);
}
