import { dayOf, pathWord } from '../../aggregates/aggregateKey.ts';
import { packSketch, unpackSketch } from '../../aggregates/discovery/packSketch.ts';
import {
  addUses,
  emptySketch,
  type PhraseSketch,
  type PhraseUse,
} from '../../aggregates/discovery/phraseSketch.ts';
import type { FoundPhrase } from '../../analysis/discovery/phrases.ts';
import { hashOfWord } from '../../analysis/text/hash.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { deleteAll } from '../mongodb/bulkWrites.ts';
import { deadlineOf, inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { yieldEvery } from '../mongodb/yieldEvery.ts';
import { hasPhrases } from './notePendingTexts.ts';
import type { PendingTextsDocument } from './phraseSketchSchema.ts';

/** Phrases that the sketch of a day holds: a few hundred KB at most, for everyone. */
export const SKETCH_CAPACITY = { org: 500, all: 1_000 } as const;

/** Notes and feedback that one step takes at most; the first note is taken whatever its size. */
const STEP = { notes: 50, feedback: 500 };

export type FindPhrases = (text: string) => FoundPhrase[];

/**
 * Counts the phrases of some feedback that was stored and not counted yet; says how many. The notes are read, and go, in the
 * transaction in which the sketches change: a step that breaks off counts nothing, and one that meets another, or a day that
 * is counted anew, runs again with the notes as they are then.
 *
 * @throws MongoServerError where MongoDB is away: the next step does it
 */
export async function countPhrases(models: Models, find: FindPhrases): Promise<number> {
  // Most often there is nothing to do, which a transaction would write down.
  if (!(await models.uncountedTexts.exists({}))) return 0;
  return inTransaction(models, async (session) => {
    const notes = await takeNotes(models, session);
    if (notes.length === 0) return 0;
    const ids = notes.flatMap((note) => note.ids);
    const found = await models.feedback
      .find(
        { _id: { $in: ids } },
        { orgId: 1, createdAt: 1, improvements: 1, 'analysis.language': 1 },
        { session },
      )
      .lean<FeedbackDocument[]>();
    const gains = await gainsOf(found.filter(hasPhrases), find);
    const stored = await models.phraseSketches
      .find({ _id: { $in: [...gains.keys()] } }, null, { session })
      .lean();
    const known = new Map(stored.map((document) => [document._id, document]));
    const breathe = yieldEvery(8);
    const writes: Parameters<typeof models.phraseSketches.collection.bulkWrite>[0][number][] = [];
    for (const [path, { uses, texts }] of gains) {
      const before = known.get(path);
      const sketch = before
        ? unpackSketch(before.packed, before.texts, before.capacity)
        : emptySketch(capacityOf(path));
      addUses(sketch, uses, texts);
      const replacement = documentOf(sketch);
      writes.push({ replaceOne: { filter: { _id: path as never }, replacement, upsert: true } });
      await breathe();
    }
    if (writes.length > 0)
      await models.phraseSketches.collection.bulkWrite(writes, { session, ...deadlineOf(session) });
    await deleteAll(
      models.uncountedTexts,
      notes.map(({ _id }) => _id),
      session,
    );
    return ids.length;
  });
}

async function takeNotes(models: Models, session: Transaction) {
  const waiting = await models.uncountedTexts
    .find({}, null, { session })
    .sort({ _id: 1 })
    .limit(STEP.notes)
    .lean<PendingTextsDocument[]>();
  let sum = 0;
  return waiting.filter(({ ids }, at) => {
    sum += ids.length;
    return at === 0 || sum <= STEP.feedback;
  });
}

const capacityOf = (path: string) => (path.startsWith('all ') ? SKETCH_CAPACITY.all : SKETCH_CAPACITY.org);

const documentOf = (sketch: PhraseSketch) => ({
  texts: sketch.texts,
  capacity: sketch.capacity,
  packed: packSketch(sketch),
});

interface Gain {
  uses: PhraseUse[];
  texts: number;
}

/**
 * By the sketch that gains. In an order that depends on the feedback alone, so that the same feedback gives the same
 * sketch, but not on who sent it: examples that are kept are to be of different people.
 */
async function gainsOf(feedback: FeedbackDocument[], find: FindPhrases): Promise<Map<string, Gain>> {
  const breathe = yieldEvery(50);
  const gains = new Map<string, Gain>();
  const order = feedback
    .map((one) => ({ ...one, at: hashOfWord(one._id) }))
    .sort((a, b) => a.at - b.at || (a._id < b._id ? -1 : 1));
  for (const { _id: id, orgId, createdAt, improvements = '' } of order) {
    await breathe();
    const uses = find(improvements).map((phrase): PhraseUse => ({ ...phrase, id }));
    const day = dayOf(createdAt);
    for (const path of [`all ${day}`, ...(orgId === undefined ? [] : [`org ${pathWord(orgId)} ${day}`])]) {
      const gain = gains.get(path) ?? { uses: [], texts: 0 };
      gains.set(path, gain);
      gain.uses.push(...uses);
      gain.texts++;
    }
  }
  return gains;
}
