import type mongoose from 'mongoose';
import type { Models } from '../database.ts';
import { TransactionAborted } from '../mongodb/inTransaction.ts';
import { RANKINGS } from '../mongodb/internalState.ts';

/** The state of the rankings, in the document `RANKINGS`. */
export interface RankingState {
  /** begins the `_id`s of the blocks that are read; null until the rankings are built */
  generation: string | null;
  /** number of the current pass, or of the last one */
  pass: number;
  /** notes that the current pass applies; null between passes */
  notes: mongoose.Types.ObjectId[] | null;
  /** the process that builds the rankings, and when it last said so */
  building?: { by: string; at: Date } | null;
}

const UNBUILT: RankingState = { generation: null, pass: 0, notes: null, building: null };

export async function readRankingState({ internalState }: Pick<Models, 'internalState'>): Promise<RankingState> {
  const found = await internalState.findById(RANKINGS).lean();
  return { ...UNBUILT, ...(found?.value as Partial<RankingState> | undefined) };
}

/** Changes the state if it still is as expected; returns whether it was. */
export async function changeRankingState(
  { internalState }: Pick<Models, 'internalState'>,
  expected: Partial<RankingState>,
  change: Partial<RankingState>,
  options: { session?: mongoose.mongo.ClientSession } = {},
): Promise<boolean> {
  const { matchedCount } = await internalState.collection.updateOne(
    { _id: RANKINGS as never, ...inValue(expected) },
    { $set: inValue(change) },
    options,
  );
  return matchedCount > 0;
}

/** Makes a transaction conflict with the end of the pass that it belongs to. @throws TransactionAborted if it has ended */
export async function requirePass(
  { internalState }: Pick<Models, 'internalState'>,
  { generation, pass }: Pick<RankingState, 'generation' | 'pass'>,
  session: mongoose.mongo.ClientSession,
): Promise<void> {
  const { matchedCount } = await internalState.collection.updateOne(
    { _id: RANKINGS as never, ...inValue({ generation, pass }), 'value.notes': { $ne: null } },
    { $inc: { 'value.restructured': 1 } },
    { session },
  );
  if (matchedCount === 0) throw new TransactionAborted('the pass has ended');
}

/** Creates the state, if there is none. */
export async function createRankingState({ internalState }: Pick<Models, 'internalState'>): Promise<void> {
  await internalState.collection.updateOne(
    { _id: RANKINGS as never },
    { $setOnInsert: { value: UNBUILT } },
    { upsert: true },
  );
}

const inValue = (fields: Partial<RankingState>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`value.${name}`, value]));
