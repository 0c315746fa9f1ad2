import type { Models } from '../database.ts';
import { updateAll } from '../mongodb/bulkWrites.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import type { ErasureSubject } from './erasureSchema.ts';
import { hashOf, NEVER_EXPIRES, type TombstoneDocument, tombstoneId } from './tombstoneSchema.ts';

const SEQUENCE = 'tombstone clock';
/** A writer that has written nothing for so long makes itself a new fence when it does. */
const IDLE_FENCE_MS = 24 * 60 * 60_000;
/** A transaction of a lost worker is ended by MongoDB after a minute; until then this fails, and is tried again. */
const FENCE_TIMEOUT_MS = 20_000;

type TombstoneInput = Pick<ErasureSubject, 'what' | 'id' | 'orgId'> & { acceptedUntil: Date };

/**
 * Sets tombstones. Once it is done, no transaction that stores what they forbid will commit any more: those that began
 * before have ended, and all others know the tombstones.
 */
export async function setTombstones(
  models: Models,
  key: Buffer,
  burials: readonly TombstoneInput[],
): Promise<void> {
  if (burials.length === 0) return;
  const clock = await inTransaction(models, async (session) => {
    // Whoever sets tombstones at the same time meets here, so they commit in the order of the clock.
    const { value } = (await models.settings
      .findOneAndUpdate(
        { _id: SEQUENCE },
        { $inc: { value: 1 } },
        { session, upsert: true, returnDocument: 'after' },
      )
      .lean<{ value: number }>())!;
    const updates = burials.map(({ what, id, orgId, acceptedUntil }) => ({
      q: { _id: tombstoneId(key, hashOf(key, what, id), orgId) },
      u: {
        $set: { kind: what, clock: value } satisfies Partial<TombstoneDocument>,
        $max: { at: what === 'feedback' ? NEVER_EXPIRES : acceptedUntil },
      },
      upsert: true,
    }));
    await updateAll(models.tombstones, updates, session);
    return value;
  });
  const fences = models.fences.collection;
  await fences.deleteMany({ usedAt: { $lt: new Date(Date.now() - IDLE_FENCE_MS) } });
  // Not in a transaction: each of these waits for the transaction that holds the fence.
  await fences.updateMany({ clock: { $lt: clock } }, { $set: { clock } }, { maxTimeMS: FENCE_TIMEOUT_MS });
}

/** The tombstones that are set for good have this clock or a lower one. */
export async function tombstoneSequence(
  models: Pick<Models, 'settings'>,
  session: Transaction,
): Promise<number> {
  const found = await models.settings.findById(SEQUENCE, null, { session }).lean();
  return Number(found?.value ?? 0);
}
