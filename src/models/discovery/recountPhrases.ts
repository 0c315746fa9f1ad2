import type { Models } from '../database.ts';
import { lockOldIds } from '../feedback/oldIds.ts';
import { idsOf, insertAll } from '../mongodb/bulkWrites.ts';
import { inTransaction } from '../mongodb/inTransaction.ts';
import { onDays } from '../mongodb/timeRange.ts';
import { removeFromNotes } from './notePendingTexts.ts';

/** Feedback in one note. */
const NOTE_SIZE = 500;
/** Max texts of a day that is recounted. Among more texts, no phrase is one person's own words. */
const MAX_TEXTS = 50_000;

/**
 * Deletes the phrase sketches of a UTC day, of every org and of everyone, and notes the day's feedback to be counted
 * again. Sketches cannot be reduced after the text is removed. It can be repeated at any time.
 */
export async function recountPhrases(models: Models, day: string): Promise<void> {
  const filter = { createdAt: onDays({ from: day, to: day })!, improvements: { $exists: true } };
  await inTransaction(models, async (transaction) => {
    // The notes would name ids that are being rewritten.
    await lockOldIds(models, transaction);
    const texts = await models.feedback
      .find(filter, { 'analysis.language': 1 }, { session: transaction })
      .limit(MAX_TEXTS + 1)
      .lean<{ _id: string; analysis: { language: string | null } }[]>();
    if (texts.length > MAX_TEXTS) return;
    const ids = idsOf(texts.filter(({ analysis }) => analysis.language === 'en'));
    const inOrgs = { $regex: `^org \\S+ ${day}$` };
    await models.phraseSketches.collection.deleteMany(
      { $or: [{ _id: `all ${day}` as never }, { _id: inOrgs as never }] },
      { session: transaction },
    );
    // Feedback noted already would otherwise be counted twice.
    await removeFromNotes(models, ids, transaction);
    const notes: object[] = [];
    for (let from = 0; from < ids.length; from += NOTE_SIZE) notes.push({ ids: ids.slice(from, from + NOTE_SIZE) });
    await insertAll(models.pendingTexts, notes, transaction);
  });
}
