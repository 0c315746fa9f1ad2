import type { Models } from '../database.ts';
import { updateAll } from '../mongodb/bulkWrites.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { TOMBSTONE_SEQUENCE } from '../mongodb/internalState.ts';
import type { ErasureSubject } from './erasureSchema.ts';
import { readErasureSecrets } from './erasureSecrets.ts';
import { hashOf, NEVER_EXPIRES, type TombstoneDocument, tombstoneId } from './tombstoneSchema.ts';

/** Fences unused for so long are deleted. A writer that comes back creates a new one. */
const MAX_IDLE_FENCE_MS = 24 * 60 * 60_000;
/** Max wait for the transactions that hold fences. MongoDB ends that of a lost worker after a minute; callers retry. */
const FENCE_TIMEOUT_MS = 20_000;

interface TombstoneInput extends ErasureSubject {
  /** Feedback accepted later is not erased; of a single feedback every version is. */
  acceptedUntil: Date;
}

/**
 * Sets tombstones, and waits until no transaction can commit feedback that they erase. `checkTombstones.ts` explains
 * why.
 *
 * 1. In one transaction, takes the next sequence number and writes the tombstones with it. A repeated tombstone moves
 *    its time forward, never back.
 * 2. Deletes idle fences.
 * 3. Moves every fence to the sequence number. Each write waits for the transaction that holds the fence.
 *
 * @throws MongoServerError if a fence is held for too long. The tombstones are set then; call it again.
 */
export async function setTombstones(models: Models, tombstones: readonly TombstoneInput[]): Promise<void> {
  if (tombstones.length === 0) return;
  const { tombstoneKey: key } = await readErasureSecrets(models);
  await moveFences(models, async (value, transaction) => {
    const updates = tombstones.map(({ what, id, orgId, acceptedUntil }) => ({
      q: { _id: tombstoneId(key, hashOf(key, what, id), orgId) },
      u: {
        $set: { kind: what, clock: value } satisfies Partial<TombstoneDocument>,
        $max: { at: what === 'feedback' ? NEVER_EXPIRES : acceptedUntil },
      },
      upsert: true,
    }));
    await updateAll(models.tombstones, updates, transaction);
  });
}

/**
 * Waits until no transaction can store feedback by what its writer read before the call, see `createTombstones`.
 *
 * @throws MongoServerError if a fence is held for too long; call it again
 */
export const advanceFences = (models: Models) => moveFences(models, async () => {});

async function moveFences(
  models: Models,
  work: (sequence: number, transaction: Transaction) => Promise<void>,
): Promise<void> {
  const sequence = await inTransaction(models, async (transaction) => {
    // Setters at work at once conflict here, so tombstones commit in the order of the sequence.
    const { value } = (await models.internalState
      .findOneAndUpdate(
        { _id: TOMBSTONE_SEQUENCE },
        { $inc: { value: 1 } },
        { session: transaction, upsert: true, returnDocument: 'after' },
      )
      .lean<{ value: number }>())!;
    await work(value, transaction);
    return value;
  });
  const fences = models.fences.collection;
  await fences.deleteMany({ usedAt: { $lt: new Date(Date.now() - MAX_IDLE_FENCE_MS) } });
  await fences.updateMany({ clock: { $lt: sequence } }, { $set: { clock: sequence } }, { maxTimeMS: FENCE_TIMEOUT_MS });
}
