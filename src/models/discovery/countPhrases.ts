import { addUses, emptySketch, type PhraseUse } from '../../aggregates/discovery/phraseSketch.ts';
import type { FoundPhrase } from '../../analysis/discovery/phrases.ts';
import { hashOfWord } from '../../analysis/text/hash.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { deleteAll, findAll, idsOf } from '../mongodb/bulkWrites.ts';
import { deadlineOf, inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { yieldEvery } from '../mongodb/yieldEvery.ts';
import { hasPhrases } from './notePendingTexts.ts';
import { type PendingTextsDocument, sketchFields, sketchIdsOf, sketchOf } from './phraseSketchSchema.ts';

/** Max phrases in the sketch of a day. Everyone's then takes a few hundred KB at most. */
export const SKETCH_CAPACITY = { org: 500, all: 1_000 } as const;

/** Max notes, and max feedback in them, that one transaction counts. A first note with more feedback is counted alone. */
const MAX_NOTES = 50;
const MAX_FEEDBACK = 500;

export type FindPhrases = (text: string) => FoundPhrase[];

/**
 * Counts the phrases of some feedback that is stored but not counted, and returns how many feedback. One transaction
 * reads and deletes the notes and writes the sketches, so each feedback counts once. A failed call counts nothing;
 * one that conflicts with another count or recount runs again with the remaining notes.
 *
 * @throws MongoServerError during an outage of MongoDB; the next call counts what this one did not
 */
export async function countPhrases(models: Models, find: FindPhrases): Promise<number> {
  // A quiet service mostly finds no notes. This saves it the write that every transaction costs.
  if (!(await models.pendingTexts.exists({}))) return 0;
  return inTransaction(models, async (transaction) => {
    const notes = await nextNotes(models, transaction);
    if (notes.length === 0) return 0;
    const ids = notes.flatMap((note) => note.ids);
    const found = await models.feedback
      .find(
        { _id: { $in: ids } },
        { orgId: 1, createdAt: 1, improvements: 1, 'analysis.language': 1 },
        { session: transaction },
      )
      .lean<FeedbackDocument[]>();
    const usesBySketch = await usesOf(found.filter(hasPhrases), find);
    const stored = await findAll(models.phraseSketches, { _id: { $in: [...usesBySketch.keys()] } }, transaction);
    const known = new Map(stored.map((document) => [document._id, document]));
    const maybeYield = yieldEvery(8);
    const writes: Parameters<typeof models.phraseSketches.collection.bulkWrite>[0][number][] = [];
    for (const [id, { uses, texts }] of usesBySketch) {
      const before = known.get(id);
      const sketch = before ? sketchOf(before) : emptySketch(capacityOf(id));
      addUses(sketch, uses, texts);
      const replacement = sketchFields(sketch);
      writes.push({ replaceOne: { filter: { _id: id as never }, replacement, upsert: true } });
      await maybeYield();
    }
    if (writes.length > 0)
      await models.phraseSketches.collection.bulkWrite(writes, { session: transaction, ...deadlineOf(transaction) });
    await deleteAll(models.pendingTexts, idsOf(notes), transaction);
    return ids.length;
  });
}

async function nextNotes(models: Models, transaction: Transaction): Promise<PendingTextsDocument[]> {
  const pending = await models.pendingTexts
    .find({}, null, { session: transaction })
    .sort({ _id: 1 })
    .limit(MAX_NOTES)
    .lean<PendingTextsDocument[]>();
  let sum = 0;
  return pending.filter(({ ids }, index) => {
    sum += ids.length;
    return index === 0 || sum <= MAX_FEEDBACK;
  });
}

const capacityOf = (id: string) => (id.startsWith('all ') ? SKETCH_CAPACITY.all : SKETCH_CAPACITY.org);

interface TextUses {
  uses: PhraseUse[];
  texts: number;
}

/**
 * Uses of phrases, by the sketch that counts them. The order depends on the feedback alone, so that the same feedback
 * gives the same sketch. Ordering by hash mixes the senders, so that the examples kept are of different people.
 */
async function usesOf(feedback: FeedbackDocument[], find: FindPhrases): Promise<Map<string, TextUses>> {
  const maybeYield = yieldEvery(50);
  const usesBySketch = new Map<string, TextUses>();
  const ordered = feedback
    .map((document) => ({ ...document, hash: hashOfWord(document._id) }))
    .sort((a, b) => a.hash - b.hash || (a._id < b._id ? -1 : 1));
  for (const document of ordered) {
    await maybeYield();
    const { _id: id, improvements = '' } = document;
    const uses = find(improvements).map((phrase): PhraseUse => ({ ...phrase, id }));
    for (const sketchId of sketchIdsOf(document)) {
      const textUses = usesBySketch.get(sketchId) ?? { uses: [], texts: 0 };
      usesBySketch.set(sketchId, textUses);
      textUses.uses.push(...uses);
      textUses.texts++;
    }
  }
  return usesBySketch;
}
