import { setTimeout as sleep } from 'node:timers/promises';
import mongoose from 'mongoose';
import type { Models } from '../database.ts';

/** Options that make an operation read a snapshot. */
export interface Snapshot {
  session: mongoose.mongo.ClientSession;
  readConcern: { level: 'snapshot' };
}

/** MongoDB's code for a snapshot before the creation of a collection or index, which passes within milliseconds. */
const SNAPSHOT_UNAVAILABLE = 246;
const RETRY = { attempts: 20, pauseMs: 25 };

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
  for (let attempt = 1; ; attempt++) {
    const session = client.startSession({ snapshot: true });
    try {
      // The connection's read concern would override the session's.
      return await read({ session, readConcern: { level: 'snapshot' } });
    } catch (error) {
      const isEarly = (error as { code?: unknown }).code === SNAPSHOT_UNAVAILABLE;
      if (!isEarly || attempt >= RETRY.attempts) throw error;
      await sleep(RETRY.pauseMs);
    } finally {
      await session.endSession();
    }
  }
}
