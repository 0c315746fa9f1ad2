import mongoose from 'mongoose';
import type { Models } from '../database.ts';

export type Transaction = Awaited<ReturnType<Models['connection']['startSession']>>;

/** Each transaction says this itself, so that no URI's options can weaken it. */
const TRANSACTION = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', j: true },
  readPreference: 'primary',
} as const;

/** What is thrown in a transaction to give it up: nothing of it has happened. */
export class TransactionAborted extends Error {
  override name = 'TransactionGivenUp';
}

/** It took so long that it will not come to its end: perhaps it has, perhaps nothing of it has happened. */
export class TransactionOverdue extends mongoose.mongo.MongoError {
  override get name() {
    return 'TransactionOverdue';
  }
}

/** MongoDB ends a transaction by itself after a minute, where it was not told to do so sooner. */
const MAX_MS = 30_000;

const deadlines = new WeakMap<Transaction, AbortSignal>();

/** Ends an operation, and gives its connection back, where the transaction that it is in is overdue. */
export function deadlineOf(session: Transaction): { signal?: AbortSignal } {
  const signal = deadlines.get(session);
  return signal ? { signal } : {};
}

/**
 * Runs `work` in a transaction, again after a conflict: `attempt` is 0 the first time. It always comes to an end, even where
 * the driver would wait for good; see `watchClosedSockets`.
 *
 * @throws TransactionOverdue after half a minute
 */
export async function inTransaction<T>(
  models: Pick<Models, 'connection'>,
  work: (session: Transaction, attempt: number) => Promise<T>,
  maxMs = MAX_MS,
): Promise<T> {
  const session = await models.connection.startSession();
  const overdue = new AbortController();
  deadlines.set(session, overdue.signal);
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new TransactionOverdue(`a transaction has not ended in ${maxMs / 1000} s`);
      overdue.abort(error);
      reject(error);
    }, maxMs);
  });
  try {
    let attempts = 0;
    const done = session.withTransaction(() => work(session, attempts++), TRANSACTION);
    return await Promise.race([done, deadline]);
  } finally {
    clearTimeout(timer);
    const ended = session.endSession();
    if (overdue.signal.aborted) ended.catch(() => {});
    else await ended;
  }
}
