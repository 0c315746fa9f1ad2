import type mongoose from 'mongoose';
import type { Models } from '../database.ts';
import type { RankingChange } from './rankingSchemas.ts';

/** Deletes notes of changes that the rankings contain. */
export async function deleteNotes(
  { rankingChanges }: Pick<Models, 'rankingChanges'>,
  ids: readonly RankingChange['_id'][],
  session?: mongoose.mongo.ClientSession,
): Promise<void> {
  await rankingChanges.collection.deleteMany({ _id: { $in: [...ids] } }, { ...(session && { session }) });
}
