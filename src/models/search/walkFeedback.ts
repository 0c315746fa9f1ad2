import type { Models } from '../database.ts';
import { comparePositions, type Position } from '../feedback/position.ts';
import { readIn } from '../mongodb/inSnapshot.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import type { Indexed } from './filterTerms.ts';

/** Feedback read at once. Texts may be long. */
const READ_BATCH = 500;
/** Feedback is put into a new block at this age: by then, most of its time is stored. */
const MIN_AGE_MS = 2_000;
const BY_TIME = { createdAt: 1, _id: 1 } as const;

/** Reads feedback in the order of time from a position up to another one; without it, up to those that are too new for a block. */
export async function* walkFeedback(
  { feedback }: Models,
  { from, to }: { from: Position; to: Position | undefined },
  session: Transaction,
  options: { projection: Record<string, unknown>; skip?: number; limit: number },
): AsyncGenerator<Indexed> {
  const max = to ?? { createdAt: new Date(Date.now() - MIN_AGE_MS), id: '' };
  if (comparePositions(max, from) <= 0) return;
  yield* feedback.collection.find<Indexed>(
    {},
    {
      ...options,
      ...readIn(session),
      hint: BY_TIME,
      sort: BY_TIME,
      min: { createdAt: from.createdAt, _id: from.id },
      max: { createdAt: max.createdAt, _id: max.id },
      batchSize: READ_BATCH,
    },
  );
}

/** Whether more than `count` feedback that are old enough for a block are stored from a position on. */
export async function isLongerThan(
  models: Models,
  from: Position,
  count: number,
  session: Transaction,
): Promise<boolean> {
  const range = { from, to: undefined };
  const found = walkFeedback(models, range, session, { projection: BY_TIME, skip: count, limit: 1 });
  for await (const _ of found) return true;
  return false;
}
