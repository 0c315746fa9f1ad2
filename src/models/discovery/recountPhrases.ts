import type { Models } from '../database.ts';
import { inTransaction } from '../mongodb/inTransaction.ts';

const NOTED_AT_ONCE = 500;
/** A day with more texts is not counted anew: among so many, phrases are nobody's own words. */
const MAX_TEXTS = 50_000;

/**
 * Has the phrases of a UTC day counted anew, of every org and of everyone: of feedback that has gone, they cannot be taken
 * out of what was counted. It can be done again at any time.
 */
export async function recountPhrases(models: Models, day: string): Promise<void> {
  const start = new Date(day);
  const createdAt = { $gte: start, $lt: new Date(start.getTime() + 86_400_000) };
  await inTransaction(models, async (session) => {
    const left = await models.feedback
      .find({ createdAt, improvements: { $exists: true } }, { 'analysis.language': 1 }, { session })
      .limit(MAX_TEXTS + 1)
      .lean<{ _id: string; analysis: { language: string | null } }[]>();
    if (left.length > MAX_TEXTS) return;
    const ids = left.filter(({ analysis }) => analysis.language === 'en').map(({ _id }) => _id);
    const inOrgs = { $regex: `^org \\S+ ${day}$` };
    await models.phraseSketches.collection.deleteMany(
      { $or: [{ _id: `all ${day}` as never }, { _id: inOrgs as never }] },
      { session },
    );
    // What waits to be counted for the first time must not be counted twice.
    await models.pendingTexts.updateMany(
      { ids: { $in: ids } },
      { $pull: { ids: { $in: ids } } },
      { session },
    );
    for (let from = 0; from < ids.length; from += NOTED_AT_ONCE)
      await models.pendingTexts.collection.insertOne(
        { ids: ids.slice(from, from + NOTED_AT_ONCE) } as never,
        { session },
      );
  });
}
