import mongoose from 'mongoose';
import type { Models } from '../database.ts';

export type Transaction = Awaited<ReturnType<Models['connection']['startSession']>>;

/** Set on each transaction, so that no option of a connection string can weaken it. */
const TRANSACTION = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', j: true },
  readPreference: 'primary',
} as const;

/** Thrown in a transaction to abort it. Nothing of it was committed. */
export class TransactionAborted extends Error {
  override name = 'TransactionAborted';
}

/** The transaction did not end in time. Whether it was committed is unknown. */
export class TransactionOverdue extends mongoose.mongo.MongoError {
  override get name() {
    return 'TransactionOverdue';
  }
}

/** Max milliseconds of a transaction. MongoDB itself ends one after a minute by default. */
const MAX_MS = 30_000;

const deadlines = new WeakMap<Transaction, AbortSignal>();

/** Options that end an operation, and release its connection, when its transaction is overdue. */
export function deadlineOf(transaction: Transaction): { signal?: AbortSignal } {
  const signal = deadlines.get(transaction);
  return signal ? { signal } : {};
}

/**
 * Runs `work` in a transaction, and again after a conflict. `attempt` counts from 0. The transaction always ends, even if
 * the driver would wait forever; see `closedSockets.ts`.
 *
 * @throws TransactionOverdue after half a minute
 */
export async function inTransaction<T>(
  models: Pick<Models, 'connection'>,
  work: (transaction: Transaction, attempt: number) => Promise<T>,
  maxMs = MAX_MS,
): Promise<T> {
  const transaction = await models.connection.startSession();
  const overdue = new AbortController();
  deadlines.set(transaction, overdue.signal);
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new TransactionOverdue(`a transaction did not end within ${maxMs / 1000} s`);
      overdue.abort(error);
      reject(error);
    }, maxMs);
  });
  try {
    let attempts = 0;
    const done = transaction.withTransaction(() => work(transaction, attempts++), TRANSACTION);
    return await Promise.race([done, deadline]);
  } finally {
    clearTimeout(timer);
    const ended = transaction.endSession();
    if (overdue.signal.aborted) ended.catch(() => {});
    else await ended;
  }
}
