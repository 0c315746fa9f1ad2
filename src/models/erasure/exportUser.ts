import { pathWord } from '../../aggregates/aggregateKey.ts';
import { figuresOf } from '../../aggregates/figures.ts';
import { type AggregateDocument, partsUnder } from '../aggregates/aggregateSchema.ts';
import { addTotals, totalsOf } from '../aggregates/readTotals.ts';
import type { Models } from '../database.ts';
import { type FeedbackDocument, publicId } from '../feedback/feedbackDocument.ts';
import { groupBy } from '../groupBy.ts';

/** Figures of a user, one entry for each org with feedback of the user. */
async function figuresOfUser(models: Models, userId: string, orgId: string | null) {
  const path = `user ${pathWord(userId)}${orgId === null ? '' : ` ${pathWord(orgId)}`}`;
  const parts = await models.aggregates.find({ $or: partsUnder(path) }).lean<AggregateDocument[]>();
  return [...groupBy(parts, (part) => part.orgId)].flatMap(([org, ofOrg]) => {
    const { delta, firstAt, lastAt } = addTotals(ofOrg.map(totalsOf));
    return delta.size > 0 ? [{ orgId: org, ...figuresOf(delta), firstAt, lastAt }] : [];
  });
}

/** Streams everything stored about a user as one JSON document, in pieces. */
export async function* exportUser(
  models: Models,
  { userId, orgId, now }: { userId: string; orgId: string | null; now: Date },
): AsyncGenerator<string> {
  const head = { userId, orgId, exportedAt: now, figures: await figuresOfUser(models, userId, orgId) };
  yield `${JSON.stringify(head).slice(0, -1)},"feedback":[`;
  const found = models.feedback
    .find({ userId, ...(orgId !== null && { orgId }) })
    .sort({ createdAt: 1, _id: 1 })
    .lean<FeedbackDocument[]>()
    .cursor({ batchSize: 500 });
  let separator = '\n';
  for await (const { _id, other: _, localDays: __, ...fields } of found) {
    yield separator + JSON.stringify({ id: publicId(_id), ...fields });
    separator = ',\n';
  }
  yield '\n]}\n';
}
