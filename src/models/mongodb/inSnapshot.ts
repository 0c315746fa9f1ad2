import { setTimeout as sleep } from 'node:timers/promises';
import mongoose from 'mongoose';
import type { Models } from '../database.ts';
import type { Transaction } from './inTransaction.ts';

/** Options that make an operation read a snapshot. */
export interface Snapshot {
  session: mongoose.mongo.ClientSession;
  readConcern: { level: 'snapshot' };
}

/**
 * Options of each read in the session of a snapshot. Without the read concern, the driver uses that of the connection, and
 * reads the data of another moment. In a transaction, its own read concern counts.
 */
export const readIn = (session: Transaction): Snapshot => ({ session, readConcern: { level: 'snapshot' } });

/**
 * Max times that a read is repeated, by MongoDB's code: a collection was just created, or the moment is too long ago. The
 * second one takes minutes of reading, or a full cache.
 */
const REPEATS = new Map<unknown, number>([
  [246, 19],
  [239, 1],
]);
const PAUSE_MS = 25;

/**
 * Runs `read`, all of whose operations read one snapshot: all of a transaction, or nothing of it. Other reads may miss or
 * double what a transaction moves while they run. Runs it again if the snapshot is not available yet.
 */
export async function inSnapshot<T>(
  { connection }: Pick<Models, 'connection'>,
  read: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const client: mongoose.mongo.MongoClient | undefined = connection.getClient();
  // Mongoose's own `startSession` would wait for a connection.
  if (!client) throw new mongoose.Error('not connected to MongoDB yet');
  for (let repeats = 0; ; repeats++) {
    const session = client.startSession({ snapshot: true });
    try {
      return await read(readIn(session));
    } catch (error) {
      if (repeats >= (REPEATS.get((error as { code?: unknown }).code) ?? 0)) throw error;
      await sleep(PAUSE_MS);
    } finally {
      await session.endSession();
    }
  }
}
