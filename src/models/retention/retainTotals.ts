import { pathWord } from '../../aggregates/aggregateKey.ts';
import { type AggregateDelta, sumContributions } from '../../aggregates/contribution.ts';
import { RETAINED_KINDS } from '../aggregates/aggregateSchema.ts';
import { partOf } from '../aggregates/partDocuments.ts';
import { addTotals, totalsOf } from '../aggregates/readTotals.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { groupBy } from '../groupBy.ts';
import { findAll, updateAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';

const isRetained = ({ key: { kind } }: AggregateDelta) => RETAINED_KINDS.some((retained) => retained === kind);

/**
 * Stores what aggregates still count of feedback that is being removed (retained totals). An aggregate then equals
 * the sum of the stored feedback and the retained totals, so `verify` can still prove it right.
 *
 * Everyone's aggregates have one retained total for each org, so that the erasure of an org can subtract its own. It
 * differs from the total of the org itself if a choice counts as 'other' in only one of them (`Countable.other`).
 *
 * @returns the paths of the aggregates that keep their counts
 */
export async function retainTotals(
  models: Models,
  feedback: readonly FeedbackDocument[],
  transaction: Transaction,
): Promise<Set<string>> {
  const totals = [...groupBy(feedback, (document) => document.orgId ?? null)].flatMap(([orgId, ofOrg]) =>
    [...sumContributions(ofOrg).values()].filter(isRetained).map((delta) => ({ orgId, delta })),
  );
  const idOf = ({ orgId, delta }: (typeof totals)[number]) => `${delta.key.path} ${orgWord(orgId)}`;
  const found = await findAll(models.retainedAggregates, { _id: { $in: totals.map(idOf) } }, transaction);
  const known = new Map(found.map((document) => [document._id, totalsOf(document)]));
  const updates = totals.map((total) => {
    const { orgId, delta } = total;
    const before = known.get(idOf(total));
    const sum = before ? { key: delta.key, ...addTotals([before, delta]) } : delta;
    const { _id, ...part } = partOf({ aggregate: sum }, orgWord(orgId));
    return { q: { _id }, u: { ...part, orgId }, upsert: true };
  });
  await updateAll(models.retainedAggregates, updates, transaction);
  return new Set(totals.map(({ delta }) => delta.key.path));
}

/** Empty for feedback of no org. */
const orgWord = (orgId: string | null) => pathWord(orgId ?? '');
