import { pathWord } from '../../aggregates/aggregateKey.ts';
import type { AggregateDelta } from '../../aggregates/contribution.ts';
import { type AggregateDocument, keysOfPart } from '../aggregates/aggregateSchema.ts';
import { totalsOf } from '../aggregates/readTotals.ts';
import { addRetained, dropRetained } from '../aggregates/retainedTotals.ts';
import type { Models } from '../database.ts';
import { deleteAll, idsOf } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';

/** Max retained totals in one transaction. */
const CHUNK = 100;

/**
 * Takes some of what retention kept of an org's removed feedback out of a zone that no stored feedback counts in.
 *
 * @returns the deltas to stage, or undefined if nothing was left
 */
export async function removeRetained(
  models: Models,
  orgId: string,
  zone: string,
  transaction: Transaction,
): Promise<AggregateDelta[] | undefined> {
  const read = (filter: Record<string, unknown>) =>
    models.retainedAggregates
      .find({ orgId, ...filter }, null, { session: transaction })
      .limit(CHUNK)
      .lean<AggregateDocument[]>();
  const prefix = `org-zone-day ${pathWord(orgId)} ${zone}`;
  const ofZone = await read({ _id: { $gte: `${prefix} `, $lt: `${prefix}!` } });
  if (ofZone.length > 0) return (await dropRetained(models, ofZone, transaction)).deltas;
  const days = await read({ kind: 'org-day', zones: zone });
  if (days.length === 0) return undefined;
  await moveRetained(models, orgId, days, (zones) => zones.filter((other) => other !== zone), transaction);
  return [];
}

/** Changes the zones of retained totals. The aggregates stay as they are. */
export async function moveRetained(
  models: Models,
  orgId: string,
  retained: readonly AggregateDocument[],
  zonesAfter: (zones: readonly string[]) => readonly string[],
  transaction: Transaction,
): Promise<void> {
  await deleteAll(models.retainedAggregates, idsOf(retained), transaction);
  const totals = retained.map((document) => {
    const delta = { key: keysOfPart(document)[0], ...totalsOf(document) };
    return { orgId, zones: zonesAfter(document.zones ?? []), delta };
  });
  await addRetained(models, totals, transaction);
}
