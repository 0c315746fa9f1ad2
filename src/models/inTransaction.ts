import type { Models } from './database.ts';

export type Session = Awaited<ReturnType<Models['connection']['startSession']>>;

/** Each transaction says this itself, so that no URI's options can weaken it. */
export const TRANSACTION = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', j: true },
  readPreference: 'primary',
} as const;

/** What is thrown in a transaction to give it up: nothing of it has happened. */
export class TransactionGivenUp extends Error {
  override name = 'TransactionGivenUp';
}

/** Runs `work` in a transaction, again after a conflict: `attempt` is 0 the first time. */
export async function inTransaction<T>(
  models: Pick<Models, 'connection'>,
  work: (session: Session, attempt: number) => Promise<T>,
): Promise<T> {
  const session = await models.connection.startSession();
  try {
    let attempts = 0;
    return await session.withTransaction(() => work(session, attempts++), TRANSACTION);
  } finally {
    await session.endSession();
  }
}
