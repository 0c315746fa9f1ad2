import mongoose from 'mongoose';
import type { Models } from '../database.ts';

/** MongoDB parameter: seconds for which it keeps the history that snapshot reads need. */
const WINDOW = 'minSnapshotHistoryWindowInSeconds';
const LONG_SECONDS = 60 * 60;

/**
 * Raises MongoDB's snapshot-history window to one hour while `work` runs a long snapshot read. The default is 5 minutes,
 * and 10 seconds in the embedded mongod. If the user lacks the privilege, the window is left unchanged. If the process
 * is killed meanwhile, the window stays raised until MongoDB restarts.
 */
export async function withSnapshotHistory<T>({ connection }: Models, work: () => Promise<T>): Promise<T> {
  const admin = connection.getClient().db('admin');
  const set = (seconds: number) => admin.command({ setParameter: 1, [WINDOW]: seconds });
  let before = LONG_SECONDS;
  try {
    const { [WINDOW]: seconds } = await admin.command({ getParameter: 1, [WINDOW]: 1 });
    if (seconds < LONG_SECONDS) await set(LONG_SECONDS);
    before = seconds;
  } catch (error) {
    if (!(error instanceof mongoose.mongo.MongoServerError)) throw error;
  }
  try {
    return await work();
  } finally {
    // The result of the work matters more than a window that could not be restored.
    if (before < LONG_SECONDS) await set(before).catch(() => {});
  }
}
