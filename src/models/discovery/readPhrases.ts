import { dayOf, pathWord } from '../../aggregates/aggregateKey.ts';
import { unpackSketch } from '../../aggregates/discovery/packSketch.ts';
import {
  emptySketch,
  type PhraseExample,
  type PhraseSketch,
} from '../../aggregates/discovery/phraseSketch.ts';
import { FIRST_DAY, LAST_DAY } from '../aggregates/readTotals.ts';
import type { Models } from '../database.ts';
import { type FeedbackDocument, publicId } from '../feedback/feedbackDocument.ts';
import { trimClause } from '../feedback/trimClause.ts';
import { yieldEvery } from '../mongodb/yieldEvery.ts';

const DAY_MS = 86_400_000;
const TIMEOUT_MS = 10_000;

const pathOf = (orgId: string | undefined) => (orgId === undefined ? 'all' : `org ${pathWord(orgId)}`);

/** The latest UTC day whose phrases are counted, of an org or of everyone. */
export async function lastPhraseDay(models: Models, orgId: string | undefined): Promise<string | null> {
  const path = pathOf(orgId);
  const last = await models.phraseSketches
    .findOne({ _id: { $gte: `${path} ${FIRST_DAY}`, $lte: `${path} ${LAST_DAY}` } }, { _id: 1 })
    .sort({ _id: -1 })
    .lean();
  return last?._id.split(' ').at(-1) ?? null;
}

/** The sketches of each day from…to, both included; a day without one has an empty one. */
export async function readPhraseDays(
  models: Models,
  orgId: string | undefined,
  { from, to }: { from: string; to: string },
): Promise<PhraseSketch[]> {
  const path = pathOf(orgId);
  const found = await models.phraseSketches
    .find({ _id: { $gte: `${path} ${from}`, $lte: `${path} ${to}` } })
    .maxTimeMS(TIMEOUT_MS)
    .lean();
  const breathe = yieldEvery(4);
  const sketches = new Map<string, PhraseSketch>();
  for (const { _id, packed, texts, capacity } of found) {
    sketches.set(_id, unpackSketch(packed, texts, capacity));
    await breathe();
  }
  const days: PhraseSketch[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS)
    days.push(sketches.get(`${path} ${dayOf(new Date(at))}`) ?? emptySketch(1));
  return days;
}

/** A clause that a phrase is in. */
export interface PhraseClause {
  id: string;
  by: string;
  createdAt: Date;
  overallRating: number | null;
  start: number;
  end: number;
  text: string;
}

/** The clauses of examples, by what names them; those of feedback that is gone, or of another org, are not there. */
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

/** Whether the phrases of all that is stored are counted. */
export async function arePhrasesCounted(models: Models): Promise<boolean> {
  return (await models.uncountedTexts.exists({})) === null;
}
