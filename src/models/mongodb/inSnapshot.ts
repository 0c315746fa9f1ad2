import { setTimeout as sleep } from 'node:timers/promises';
import type { Models } from '../database.ts';
import type { Transaction } from './inTransaction.ts';

/** The session of a snapshot. Its operations read; they are no transaction. */
export type Snapshot = Transaction;

/**
 * Options of each read in a snapshot. Without the read concern, the driver uses that of the connection, and reads the data
 * of another moment. In a transaction, its own read concern counts.
 */
export const readIn = (session: Transaction) => ({ session, readConcern: { level: 'snapshot' as const } });

/** Errors for a moment that MongoDB cannot show: a collection was just created, or the moment is too long ago. */
const UNAVAILABLE = new Set([239, 246]);
const RETRY_MS = [10, 50, 200, 500];

/**
 * Runs reads that all see the data of one moment, each with the options of `readIn`. `work` may run again, at a later moment.
 *
 * @throws MongoServerError if MongoDB does not keep a moment for as long as `work` takes
 */
export async function inSnapshot<Result>(
  models: Pick<Models, 'connection'>,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    const snapshot = await models.connection.startSession({ snapshot: true });
    try {
      return await work(snapshot);
    } catch (error) {
      const pauseMs = RETRY_MS[attempt];
      if (pauseMs === undefined || !UNAVAILABLE.has(Number((error as { code?: number }).code))) throw error;
      await sleep(pauseMs);
    } finally {
      await snapshot.endSession();
    }
  }
}
