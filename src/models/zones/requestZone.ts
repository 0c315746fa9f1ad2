import type { Models } from '../database.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';

/**
 * Asks for another time zone of an org's days, in the transaction that saves the setting. Null is UTC. Workers find the
 * request by themselves. It does nothing if the zone is wanted already.
 */
export async function requestZone(
  { orgZones }: Pick<Models, 'orgZones'>,
  orgId: string,
  zone: string | null,
  transaction: Transaction,
): Promise<void> {
  const known = await orgZones.findById(orgId, null, { session: transaction }).lean();
  if ((known?.wanted ?? null) === zone) return;
  const now = new Date();
  const request = { wanted: zone, isSettled: false, requestedAt: now };
  if (known) {
    await orgZones.updateOne({ _id: orgId }, { $set: request, $inc: { revision: 1 } }, { session: transaction });
    return;
  }
  const days = { active: null, activeSince: now, utcUntil: null, utcUntilNext: null, counted: [], leaving: [] };
  const walk = { isKnownToWriters: true, cursor: null, isWalked: false, walked: 0, total: 0 };
  const document = { _id: orgId, ...days, ...walk, ...request, revision: 1, steppedAt: new Date(0) };
  await orgZones.create([document], { session: transaction });
}
