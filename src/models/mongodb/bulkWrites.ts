import mongoose, { type Connection } from 'mongoose';
import { deadlineOf, type Transaction } from './inTransaction.ts';

// Batches are written by the commands themselves, not through Mongoose's documents nor the driver's bulk writes: what is
// written is typed and checked already, and a bulk write encodes everything twice, once to learn its size.

/** MongoDB takes up to 100,000 writes and 48 MB in one command. */
const MAX_WRITES = 50_000;
const MAX_BYTES = 40_000_000;

/** A model, as far as writing to it goes. */
interface Target {
  db: Connection;
  collection: { collectionName: string };
}

interface Batch {
  improvements?: string | undefined;
}

/** Inserts documents in a transaction, in order. Throws MongoServerError, which says what could not be inserted. */
export async function insertAll(
  target: Target,
  documents: readonly (object & Batch)[],
  session: Transaction,
): Promise<void> {
  for (const some of inCommands(documents))
    await run(target, { insert: target.collection.collectionName, documents: some, ordered: true }, session);
}

export interface Update {
  q: Record<string, unknown>;
  u: Record<string, unknown>;
  /** all that match, not the first alone */
  multi?: boolean;
  upsert: boolean;
}

/** Runs updates in a transaction. Throws MongoServerError. */
export async function updateAll(
  target: Target,
  updates: readonly Update[],
  session: Transaction,
): Promise<void> {
  for (const some of inCommands<Update & Batch>(updates))
    await run(target, { update: target.collection.collectionName, updates: some, ordered: true }, session);
}

/** Deletes documents by id, those that match, in a transaction, and says how many there were. Throws MongoServerError. */
export async function deleteAll(
  target: Target,
  ids: readonly unknown[],
  session: Transaction,
  matching: Record<string, unknown> = {},
): Promise<number> {
  if (ids.length === 0) return 0;
  const deletes = [{ q: { _id: { $in: ids }, ...matching }, limit: 0 }];
  return run(target, { delete: target.collection.collectionName, deletes }, session);
}

async function run({ db }: Target, command: Record<string, unknown>, session: Transaction): Promise<number> {
  const { n, writeErrors } = (await db.db!.command(command, {
    session,
    ...deadlineOf(session),
  })) as {
    n: number;
    writeErrors?: mongoose.mongo.MongoServerError[];
  };
  // A command that ran to its end is no error to the driver, whatever became of its writes.
  const first = writeErrors?.[0];
  if (first) throw new mongoose.mongo.MongoServerError(first);
  return n;
}

/** Cuts by count and by size, an estimate that is never far below the truth: texts are what makes documents large. */
function* inCommands<T extends Batch>(writes: readonly T[]): Generator<T[]> {
  let some: T[] = [];
  let bytes = 0;
  for (const write of writes) {
    const size = 2_000 + 3 * (write.improvements?.length ?? 0);
    if (some.length > 0 && (some.length >= MAX_WRITES || bytes + size > MAX_BYTES)) {
      yield some;
      some = [];
      bytes = 0;
    }
    some.push(write);
    bytes += size;
  }
  if (some.length > 0) yield some;
}
