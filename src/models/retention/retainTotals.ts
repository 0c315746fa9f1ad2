import { pathWord } from '../../aggregates/aggregateKey.ts';
import { type AggregateDelta, sumContributions } from '../../aggregates/contribution.ts';
import type { AggregateDocument } from '../aggregates/aggregateSchema.ts';
import { partOf } from '../aggregates/partDocuments.ts';
import { addTotals, totalsOf } from '../aggregates/readTotals.ts';
import { RETAINED_KINDS } from '../aggregates/retainedSpan.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { updateAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';

const isRetained = ({ key: { kind } }: AggregateDelta) => RETAINED_KINDS.some((one) => one === kind);

/**
 * Writes down what feedback counted that goes while the totals go on counting it. Totals are then what the feedback that is
 * left adds up to and this, so that it can still be said of every one of them whether it is right.
 *
 * Of each aggregate it is written down org by org, in everyone's too, so that what is of one org can be taken out of all of
 * them. In everyone's that is not what the org's own count: see `other` of `Countable`.
 *
 * @returns the paths of the aggregates that go on counting it
 */
export async function retainTotals(
  models: Pick<Models, 'retainedAggregates'>,
  feedback: readonly FeedbackDocument[],
  session: Transaction,
): Promise<Set<string>> {
  const shares = [...byOrg(feedback)].flatMap(([orgId, ofOrg]) =>
    [...sumContributions(ofOrg).values()].filter(isRetained).map((gain) => ({ orgId, gain })),
  );
  const idOf = ({ orgId, gain }: (typeof shares)[number]) => `${gain.key.path} ${orgWord(orgId)}`;
  const found = await models.retainedAggregates
    .find({ _id: { $in: shares.map(idOf) } }, null, { session })
    .lean<AggregateDocument[]>();
  const known = new Map(found.map((document) => [document._id, totalsOf(document)]));
  const updates = shares.map((share) => {
    const { orgId, gain } = share;
    const before = known.get(idOf(share));
    const sum = before ? { key: gain.key, ...addTotals([before, gain]) } : gain;
    const { _id, ...part } = partOf({ aggregate: sum }, orgWord(orgId));
    const replacement = { ...part, orgId };
    return { q: { _id }, u: replacement, upsert: true };
  });
  await updateAll(models.retainedAggregates, updates, session);
  return new Set(shares.map(({ gain }) => gain.key.path));
}

/** An empty word where it was of none. */
const orgWord = (orgId: string | null) => pathWord(orgId ?? '');

function byOrg(feedback: readonly FeedbackDocument[]): Map<string | null, FeedbackDocument[]> {
  const orgs = new Map<string | null, FeedbackDocument[]>();
  for (const one of feedback) {
    const orgId = one.orgId ?? null;
    orgs.set(orgId, [...(orgs.get(orgId) ?? []), one]);
  }
  return orgs;
}
