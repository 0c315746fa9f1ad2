import mongoose, { type Connection, type Model } from 'mongoose';
import { deadlineOf, type Transaction } from './inTransaction.ts';

// Batches are sent as commands, not as Mongoose documents or driver bulk writes. The documents are typed and validated
// already, and a driver bulk write encodes everything twice, once to learn its size.

/** Max writes and max bytes in one command. MongoDB accepts 100,000, and 16 MB of a command in one document. */
const MAX_WRITES = 50_000;
const MAX_BYTES = 15_000_000;

/** The parts of a Mongoose model that a command needs. */
interface Target {
  db: Connection;
  collection: { collectionName: string };
}

interface Write {
  improvements?: string | undefined;
  analysis?: { mentions: readonly unknown[] };
}

/**
 * Inserts documents in a transaction, in order. Throws the MongoServerError of the first that could not be inserted.
 *
 * @param sizeOf max bytes of a document
 */
export async function insertAll<T extends object & Write>(
  target: Target,
  documents: readonly T[],
  transaction: Transaction,
  sizeOf: (document: T) => number = estimatedSize,
): Promise<void> {
  for (const chunk of inCommands(documents, sizeOf))
    await run(target, { insert: target.collection.collectionName, documents: chunk, ordered: true }, transaction);
}

export interface Update {
  q: Record<string, unknown>;
  u: Record<string, unknown>;
  /** update all documents that match, not only the first */
  multi?: boolean;
  upsert: boolean;
}

/** Runs updates in a transaction. Throws MongoServerError. */
export async function updateAll(target: Target, updates: readonly Update[], transaction: Transaction): Promise<void> {
  for (const chunk of inCommands<Update & Write>(updates, estimatedSize))
    await run(target, { update: target.collection.collectionName, updates: chunk, ordered: true }, transaction);
}

/** Reads the documents that match, in a transaction. */
export function findAll<T>(model: Model<T>, filter: Record<string, unknown>, transaction: Transaction): Promise<T[]> {
  return model.find(filter, null, { session: transaction }).lean<T[]>().exec();
}

export const idsOf = <Id>(documents: readonly { _id: Id }[]): Id[] => documents.map(({ _id }) => _id);

/** Deletes the documents with these ids that match, in a transaction. Returns their number. Throws MongoServerError. */
export async function deleteAll(
  target: Target,
  ids: readonly unknown[],
  transaction: Transaction,
  matching: Record<string, unknown> = {},
): Promise<number> {
  if (ids.length === 0) return 0;
  const deletes = [{ q: { _id: { $in: ids }, ...matching }, limit: 0 }];
  return run(target, { delete: target.collection.collectionName, deletes }, transaction);
}

async function run({ db }: Target, command: Record<string, unknown>, transaction: Transaction): Promise<number> {
  const result = await db.db!.command(command, { session: transaction, ...deadlineOf(transaction) });
  // The driver reports no error if the command itself succeeded, even if some of its writes failed.
  const first: mongoose.mongo.MongoServerError | undefined = result.writeErrors?.[0];
  if (first) throw new mongoose.mongo.MongoServerError(first);
  return result.n;
}

/** Bytes of a feedback or an update. Only texts make them large, at up to 3 bytes for each UTF-16 code unit, and mentions. */
const estimatedSize = ({ improvements = '', analysis }: Write) =>
  2_000 + 3 * improvements.length + 200 * (analysis?.mentions.length ?? 0);

/** Cuts by count and by size. */
function* inCommands<T>(writes: readonly T[], sizeOf: (write: T) => number): Generator<T[]> {
  let chunk: T[] = [];
  let bytes = 0;
  for (const write of writes) {
    const size = sizeOf(write);
    if (chunk.length > 0 && (chunk.length >= MAX_WRITES || bytes + size > MAX_BYTES)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(write);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
