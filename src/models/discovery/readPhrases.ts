import { DAY_MS, dayOf } from '../../aggregates/days.ts';
import { emptySketch, type PhraseExample, type PhraseSketch } from '../../aggregates/discovery/phraseSketch.ts';
import { FIRST_DAY, LAST_DAY } from '../aggregates/readTotals.ts';
import type { Models } from '../database.ts';
import { type FeedbackDocument, publicId } from '../feedback/feedbackDocument.ts';
import { trimClause } from '../feedback/trimClause.ts';
import { yieldEvery } from '../mongodb/yieldEvery.ts';
import { sketchOf, sketchScope } from './phraseSketchSchema.ts';

const TIMEOUT_MS = 10_000;

/** The latest UTC day with counted phrases, of an org or of everyone. */
export async function lastPhraseDay(models: Models, orgId: string | undefined): Promise<string | null> {
  const scope = sketchScope(orgId);
  const last = await models.phraseSketches
    .findOne({ _id: { $gte: `${scope} ${FIRST_DAY}`, $lte: `${scope} ${LAST_DAY}` } }, { _id: 1 })
    .sort({ _id: -1 })
    .lean();
  return last?._id.split(' ').at(-1) ?? null;
}

/** One sketch for each day from `from` to `to`, both included. A day without feedback has an empty one. */
export async function readPhraseDays(
  models: Models,
  orgId: string | undefined,
  { from, to }: { from: string; to: string },
): Promise<PhraseSketch[]> {
  const scope = sketchScope(orgId);
  const found = await models.phraseSketches
    .find({ _id: { $gte: `${scope} ${from}`, $lte: `${scope} ${to}` } })
    .maxTimeMS(TIMEOUT_MS)
    .lean();
  const maybeYield = yieldEvery(4);
  const sketches = new Map<string, PhraseSketch>();
  for (const document of found) {
    sketches.set(document._id, sketchOf(document));
    await maybeYield();
  }
  const days: PhraseSketch[] = [];
  for (let dayMs = Date.parse(from); dayMs <= Date.parse(to); dayMs += DAY_MS)
    days.push(sketches.get(`${scope} ${dayOf(new Date(dayMs))}`) ?? emptySketch(1));
  return days;
}

/** A clause that contains a phrase. */
export interface PhraseClause {
  /** id of the feedback */
  id: string;
  /** the author: the user, or the feedback itself without one */
  by: string;
  createdAt: Date;
  overallRating: number | null;
  /** offsets in the text, in UTF-16 code units */
  start: number;
  end: number;
  text: string;
}

/** The clauses of examples. Examples of deleted feedback, or of another org, have none. */
export async function readExamples(
  models: Models,
  orgId: string | undefined,
  examples: readonly PhraseExample[],
): Promise<Map<PhraseExample, PhraseClause>> {
  const ids = [...new Set(examples.map(({ id }) => id))];
  const found = await models.feedback
    .find(
      { _id: { $in: ids }, ...(orgId !== undefined && { orgId }) },
      { userId: 1, createdAt: 1, overallRating: 1, improvements: 1 },
    )
    .maxTimeMS(TIMEOUT_MS)
    .lean<FeedbackDocument[]>();
  const feedback = new Map(found.map((document) => [document._id, document]));
  const clauses = new Map<PhraseExample, PhraseClause>();
  for (const example of examples) {
    const document = feedback.get(example.id);
    if (!document) continue;
    const { _id, userId, createdAt, overallRating = null, improvements = '' } = document;
    clauses.set(example, {
      id: publicId(_id),
      by: userId ?? `#${_id}`,
      createdAt,
      overallRating,
      ...trimClause(improvements, example.start, example.end),
      end: example.end,
    });
  }
  return clauses;
}

/** Whether the phrases of all stored feedback are counted. */
export async function arePhrasesCounted(models: Models): Promise<boolean> {
  return (await models.pendingTexts.exists({})) === null;
}
