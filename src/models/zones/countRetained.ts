import { localDay, zoneDayKey } from '../../aggregates/aggregateKey.ts';
import type { AggregateDelta } from '../../aggregates/contribution.ts';
import type { AggregateDocument } from '../aggregates/aggregateSchema.ts';
import { inPartsTransaction } from '../aggregates/inPartsTransaction.ts';
import type { PartsWriter } from '../aggregates/partsWriter.ts';
import { addTotals, totalsOf } from '../aggregates/readTotals.ts';
import { addRetained } from '../aggregates/retainedTotals.ts';
import type { Models } from '../database.ts';
import { groupBy } from '../groupBy.ts';
import type { OrgZoneDocument } from './orgZoneSchema.ts';
import { moveRetained } from './removeRetained.ts';
import { saveChange } from './saveChange.ts';

/** Max retained totals in one transaction. */
const CHUNK = 100;

/**
 * Counts what retention kept of an org's removed feedback in a zone: each UTC day in the local day of the same date, as
 * more is not known of it. Sums over all days are exact then. `utcUntil` tells up to which day the bounds are not.
 *
 * @returns false if there is nothing left to count
 */
export function countRetained(
  models: Models,
  parts: PartsWriter,
  state: OrgZoneDocument,
  zone: string,
): Promise<boolean> {
  const orgId = state._id;
  return inPartsTransaction(models, parts, async (transaction) => {
    const days = await models.retainedAggregates
      .find({ kind: 'org-day', orgId, zones: { $ne: zone } }, null, { session: transaction })
      .sort({ _id: 1 })
      .limit(CHUNK)
      .lean<(AggregateDocument & { day: string })[]>();
    if (days.length === 0) return { result: false };
    const deltas = [...groupBy(days, ({ day }) => day)].map(([day, ofDay]): AggregateDelta => {
      return { key: zoneDayKey(orgId, localDay(zone, day)), ...addTotals(ofDay.map(totalsOf)) };
    });
    await addRetained(
      models,
      deltas.map((delta) => ({ orgId, zones: [], delta })),
      transaction,
    );
    await moveRetained(models, orgId, days, (zones) => [...zones, zone].sort(), transaction);
    const last = days
      .map(({ day }) => day)
      .sort()
      .at(-1)!;
    const utcUntilNext = state.utcUntilNext !== null && state.utcUntilNext > last ? state.utcUntilNext : last;
    await saveChange(models, state, { utcUntilNext }, transaction);
    return { result: true, staged: await parts.stage(deltas, transaction) };
  });
}
