import type { PhraseCounter } from '../../aggregates/discovery/phraseSketch.ts';
import { type CountedText, removeUses } from '../../aggregates/discovery/removeUses.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { findAll, idsOf } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import type { FindPhrases } from './countPhrases.ts';
import { hasPhrases, removeFromNotes } from './notePendingTexts.ts';
import { sketchFields, sketchIdsOf, sketchOf } from './phraseSketchSchema.ts';

/**
 * Removes the phrases of feedback from discovery, in the transaction that deletes the feedback. Feedback that is not
 * counted yet is removed from its note. A count of that note under way then conflicts and runs again.
 *
 * @returns how many sketches changed
 */
export async function forgetPhrases(
  models: Models,
  deleted: readonly FeedbackDocument[],
  find: FindPhrases,
  transaction: Transaction,
): Promise<number> {
  const texts = deleted.filter(hasPhrases);
  if (texts.length === 0) return 0;
  const ids = idsOf(texts);
  const notes = await findAll(models.pendingTexts, { ids: { $in: ids } }, transaction);
  const pending = new Set(notes.flatMap((note) => note.ids));
  if (notes.length > 0) await removeFromNotes(models, ids, transaction);
  const countedTexts = bySketch(
    texts.filter(({ _id }) => !pending.has(_id)),
    find,
  );
  const sketches = await findAll(models.phraseSketches, { _id: { $in: [...countedTexts.keys()] } }, transaction);
  for (const document of sketches) {
    const sketch = sketchOf(document);
    const orphaned = removeUses(sketch, countedTexts.get(document._id) ?? []);
    await respell(models, orphaned, find, transaction);
    const { collection } = models.phraseSketches;
    const filter = { _id: document._id as never };
    if (sketch.texts === 0) await collection.deleteOne(filter, { session: transaction });
    else await collection.replaceOne(filter, sketchFields(sketch), { session: transaction });
  }
  return sketches.length;
}

/** Texts by the sketches that count them. */
function bySketch(texts: readonly FeedbackDocument[], find: FindPhrases): Map<string, CountedText[]> {
  const countedTexts = new Map<string, CountedText[]>();
  for (const document of texts) {
    const text = { id: document._id, uses: find(document.improvements ?? '') };
    for (const sketchId of sketchIdsOf(document))
      countedTexts.set(sketchId, [...(countedTexts.get(sketchId) ?? []), text]);
  }
  return countedTexts;
}

/** Spells phrases as a remaining example does; without one, by their stems, which are nobody's words. */
async function respell(
  models: Models,
  phrases: readonly PhraseCounter[],
  find: FindPhrases,
  transaction: Transaction,
): Promise<void> {
  const ids = phrases.flatMap(({ examples }) => examples.map(({ id }) => id));
  const documents = await models.feedback
    .find({ _id: { $in: ids } }, { improvements: 1 }, { session: transaction })
    .lean<FeedbackDocument[]>();
  const spellings = new Map(
    documents.map(({ _id, improvements = '' }) => [
      _id,
      new Map(find(improvements).map(({ stems, written }) => [stems, written])),
    ]),
  );
  for (const phrase of phrases) {
    const found = phrase.examples.map(({ id }) => spellings.get(id)?.get(phrase.stems));
    phrase.written = found.find((spelling) => spelling !== undefined) ?? phrase.stems;
  }
}
