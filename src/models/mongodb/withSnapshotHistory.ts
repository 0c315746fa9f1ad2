import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import type { Models } from '../database.ts';
import { SNAPSHOT_READERS } from './internalState.ts';

/** MongoDB parameter: seconds for which it keeps the history that snapshot reads need. */
const WINDOW = 'minSnapshotHistoryWindowInSeconds';
const LONG_SECONDS = 60 * 60;

/** Reads under way, by a random name, with the time at which they have ended; and the window before the first of them. */
interface Readers {
  until?: Record<string, Date>;
  seconds?: number;
}

/**
 * Raises MongoDB's snapshot-history window to one hour while `work` runs a long snapshot read. The default is 5 minutes,
 * and 10 seconds in the embedded mongod. The last of several that read at once restores it. If the user lacks the privilege,
 * the window is left unchanged. If the process is killed meanwhile, the window stays raised until the next long read.
 */
export async function withSnapshotHistory<T>(
  { connection, internalState }: Models,
  work: () => Promise<T>,
): Promise<T> {
  const admin = connection.getClient().db('admin');
  const { collection } = internalState;
  const document = { _id: SNAPSHOT_READERS as never };
  const reader = `value.until.${randomUUID()}`;
  const set = (seconds: number) => admin.command({ setParameter: 1, [WINDOW]: seconds });

  async function raise(): Promise<void> {
    const { [WINDOW]: seconds } = await admin.command({ getParameter: 1, [WINDOW]: 1 });
    const until = new Date(Date.now() + LONG_SECONDS * 1_000);
    const isLow = seconds < LONG_SECONDS;
    await collection.updateOne(
      document,
      { $set: { [reader]: until, ...(isLow && { 'value.seconds': seconds }) } },
      { upsert: true },
    );
    if (isLow) await set(LONG_SECONDS);
  }

  async function restore(): Promise<void> {
    const found = await collection.findOneAndUpdate(document, { $unset: { [reader]: 1 } }, { returnDocument: 'after' });
    const { until = {}, seconds } = (found?.value ?? {}) as Readers;
    const isRead = Object.values(until).some((end) => end.getTime() > Date.now());
    if (!isRead && seconds !== undefined) await set(seconds);
  }

  await raise().catch((error: unknown) => {
    if (!(error instanceof mongoose.mongo.MongoServerError)) throw error;
  });
  try {
    return await work();
  } finally {
    // The result of the work matters more than a window that could not be restored.
    await restore().catch(() => {});
  }
}
