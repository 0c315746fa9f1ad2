import mongoose from 'mongoose';
import type { Models } from '../database.ts';

/** For how many seconds MongoDB knows what was there before, for reads at one instant. */
const WINDOW = 'minSnapshotHistoryWindowInSeconds';
const LONG = 60 * 60;

/**
 * Has MongoDB know what was there before for an hour, while `work` reads at one instant for longer than it would by itself: ours
 * some seconds, others five minutes. Where the connection may not say so, that stays as it is. A process that is killed or cut off
 * meanwhile leaves it so until MongoDB starts again.
 */
export async function withSnapshotHistory<T>({ connection }: Models, work: () => Promise<T>): Promise<T> {
  const admin = connection.getClient().db('admin');
  const set = (seconds: number) => admin.command({ setParameter: 1, [WINDOW]: seconds });
  let before = LONG;
  try {
    const { [WINDOW]: seconds } = await admin.command({ getParameter: 1, [WINDOW]: 1 });
    if (seconds < LONG) await set(LONG);
    before = seconds;
  } catch (error) {
    if (!(error instanceof mongoose.mongo.MongoServerError)) throw error;
  }
  try {
    return await work();
  } finally {
    // What the work came to is worth more than that this failed.
    if (before < LONG) await set(before).catch(() => {});
  }
}
