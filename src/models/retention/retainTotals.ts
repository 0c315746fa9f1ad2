import { zoneOfLocalDay } from '../../aggregates/aggregateKey.ts';
import { type AggregateDelta, sumContributions } from '../../aggregates/contribution.ts';
import { RETAINED_KINDS } from '../aggregates/aggregateSchema.ts';
import { addRetained, retainedGroup } from '../aggregates/retainedTotals.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { groupBy } from '../groupBy.ts';
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
  const zonesOf = ({ localDays }: FeedbackDocument) => localDays?.map(zoneOfLocalDay).sort() ?? [];
  const groups = groupBy(feedback, (document) => retainedGroup(document.orgId ?? null, zonesOf(document)));
  const totals = [...groups.values()].flatMap((ofGroup) => {
    const [first] = ofGroup as [FeedbackDocument];
    const orgId = first.orgId ?? null;
    const zones = zonesOf(first);
    return [...sumContributions(ofGroup).values()]
      .filter(isRetained)
      .map((delta) => ({ orgId, zones: delta.key.kind === 'org-day' ? zones : [], delta }));
  });
  await addRetained(models, totals, transaction);
  return new Set(totals.map(({ delta }) => delta.key.path));
}
