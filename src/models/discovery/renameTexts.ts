import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { findAll, type Update, updateAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { yieldEvery } from '../mongodb/yieldEvery.ts';
import { hasPhrases } from './notePendingTexts.ts';
import {
  type PendingTextsDocument,
  type PhraseSketchDocument,
  sketchFields,
  sketchIdsOf,
  sketchOf,
} from './phraseSketchSchema.ts';

/**
 * Gives feedback new ids in discovery, in the transaction that changes its `_id`: in the notes of texts to count, and
 * among the examples of counted phrases. A count of such a note under way conflicts and runs again.
 *
 * @param newIds old `_id` → new `_id`
 */
export async function renameTexts(
  models: Models,
  feedback: readonly FeedbackDocument[],
  newIds: ReadonlyMap<string, string>,
  transaction: Transaction,
): Promise<void> {
  const texts = feedback.filter(hasPhrases);
  if (texts.length === 0) return;
  const ids = texts.map(({ _id }) => _id);
  const notes = await findAll<PendingTextsDocument>(models.pendingTexts, { ids: { $in: ids } }, transaction);
  await updateAll(
    models.pendingTexts,
    notes.map((note) => ({
      q: { _id: note._id },
      u: { $set: { ids: note.ids.map((id) => newIds.get(id) ?? id) } },
      upsert: false,
    })),
    transaction,
  );
  const sketches = await findAll<PhraseSketchDocument>(
    models.phraseSketches,
    { _id: { $in: [...new Set(texts.flatMap(sketchIdsOf))] } },
    transaction,
  );
  const maybeYield = yieldEvery(8);
  const updates: Update[] = [];
  for (const document of sketches) {
    await maybeYield();
    const fields = renamed(document, newIds);
    if (fields) updates.push({ q: { _id: document._id }, u: { $set: fields }, upsert: false });
  }
  await updateAll(models.phraseSketches, updates, transaction);
}

/** The fields of a sketch under the new ids. Undefined if none of its examples is renamed. */
function renamed(document: PhraseSketchDocument, newIds: ReadonlyMap<string, string>) {
  const sketch = sketchOf(document);
  let isRenamed = false;
  for (const { examples } of sketch.counters.values())
    for (const example of examples) {
      const id = newIds.get(example.id);
      if (id === undefined) continue;
      example.id = id;
      isRenamed = true;
    }
  return isRenamed ? sketchFields(sketch) : undefined;
}
