import type mongoose from 'mongoose';
import type { Models } from '../database.ts';
import type { RankingChange } from './rankingSchemas.ts';

/** Max ids in one command. */
export const IDS_AT_ONCE = 10_000;

/** Deletes notes of changes that the rankings contain. */
export async function deleteNotes(
  { rankingChanges }: Pick<Models, 'rankingChanges'>,
  ids: readonly RankingChange['_id'][],
  session?: mongoose.mongo.ClientSession,
): Promise<void> {
  for (let from = 0; from < ids.length; from += IDS_AT_ONCE)
    await rankingChanges.collection.deleteMany(
      { _id: { $in: ids.slice(from, from + IDS_AT_ONCE) } },
      { ...(session && { session }) },
    );
}
