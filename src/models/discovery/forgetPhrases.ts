import { dayOf, pathWord } from '../../aggregates/aggregateKey.ts';
import { packSketch, unpackSketch } from '../../aggregates/discovery/packSketch.ts';
import type { PhraseCounter } from '../../aggregates/discovery/phraseSketch.ts';
import { type CountedText, removeUses } from '../../aggregates/discovery/removeUses.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import type { FindPhrases } from './countPhrases.ts';
import { hasPhrases } from './notePendingTexts.ts';

/**
 * Takes the phrases of feedback out of discovery, in the transaction that deletes the feedback. What was not counted yet is
 * struck off the notes, so whoever is counting it now has to begin again.
 *
 * @returns how many sketches were changed
 */
export async function forgetPhrases(
  models: Models,
  deleted: readonly FeedbackDocument[],
  find: FindPhrases,
  session: Transaction,
): Promise<number> {
  const texts = deleted.filter(hasPhrases);
  if (texts.length === 0) return 0;
  const ids = texts.map(({ _id }) => _id);
  const notes = await models.pendingTexts.find({ ids: { $in: ids } }, null, { session }).lean();
  const uncounted = new Set(notes.flatMap((note) => note.ids));
  for (const note of notes)
    await models.pendingTexts.collection.updateOne(
      { _id: note._id as never },
      { $pull: { ids: { $in: ids } as never } },
      { session },
    );
  const losses = lossesOf(
    texts.filter(({ _id }) => !uncounted.has(_id)),
    find,
  );
  const sketches = await models.phraseSketches
    .find({ _id: { $in: [...losses.keys()] } }, null, { session })
    .lean();
  for (const { _id, packed, texts: before, capacity } of sketches) {
    const sketch = unpackSketch(packed, before, capacity);
    const orphaned = removeUses(sketch, losses.get(_id) ?? []);
    await writeAnew(models, orphaned, find, session);
    const { collection } = models.phraseSketches;
    if (sketch.texts === 0) await collection.deleteOne({ _id: _id as never }, { session });
    else
      await collection.replaceOne(
        { _id: _id as never },
        { texts: sketch.texts, capacity: sketch.capacity, packed: packSketch(sketch) },
        { session },
      );
  }
  return sketches.length;
}

/** By the sketch that they were counted in. */
function lossesOf(texts: readonly FeedbackDocument[], find: FindPhrases): Map<string, CountedText[]> {
  const losses = new Map<string, CountedText[]>();
  for (const { _id: id, orgId, createdAt, improvements = '' } of texts) {
    const text = { id, uses: find(improvements) };
    const day = dayOf(createdAt);
    for (const path of [`all ${day}`, ...(orgId === undefined ? [] : [`org ${pathWord(orgId)} ${day}`])])
      losses.set(path, [...(losses.get(path) ?? []), text]);
  }
  return losses;
}

/** Writes phrases like an example that is left has them, and where there is none, like nobody: by their stems. */
async function writeAnew(
  models: Models,
  phrases: readonly PhraseCounter[],
  find: FindPhrases,
  session: Transaction,
): Promise<void> {
  const ids = phrases.flatMap(({ examples }) => examples.map(({ id }) => id));
  const found = await models.feedback
    .find({ _id: { $in: ids } }, { improvements: 1 }, { session })
    .lean<FeedbackDocument[]>();
  const writtenIn = new Map(
    found.map(({ _id, improvements = '' }) => [
      _id,
      new Map(find(improvements).map(({ stems, written }) => [stems, written])),
    ]),
  );
  for (const phrase of phrases) {
    const written = phrase.examples.map(({ id }) => writtenIn.get(id)?.get(phrase.stems));
    phrase.written = written.find((one) => one !== undefined) ?? phrase.stems;
  }
}
