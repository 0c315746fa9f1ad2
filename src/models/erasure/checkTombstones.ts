import { randomBytes } from 'node:crypto';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { publicId } from '../feedback/feedbackDocument.ts';
import { type Transaction, TransactionAborted } from '../mongodb/inTransaction.ts';
import { type BloomFilter, createBloomFilter } from './bloomFilter.ts';
import type { ErasureSubject } from './erasureSchema.ts';
import { readErasureSecrets } from './erasureSecrets.ts';
import { tombstoneSequence } from './setTombstones.ts';
import { hashOf, hashOfTombstone, tombstoneId } from './tombstoneSchema.ts';

/** A feedback, as far as erasures go. */
export type TombstoneSubject = Pick<FeedbackDocument, '_id' | 'orgId' | 'userId' | 'sessionId'> & {
  acceptedAt: Date;
};

/** Tombstones were set since they were last read: read them, and try again. */
export class StaleTombstones extends TransactionAborted {
  override name = 'StaleTombstones';
}

/** What was erased, as a process knows it. */
export interface Tombstones {
  /** For each in order, whether it is erased, by the tombstones up to this `clock`. */
  check(feedback: readonly TombstoneSubject[]): Promise<{ erased: boolean[]; clock: number }>;
  /** Reads what was set since. */
  refresh(): Promise<void>;
  createFence(): Fence;
}

/** Of one writer of feedback, which runs one transaction at a time. */
export interface Fence {
  /** Outside of a transaction, before the first one, and after it was passed in vain. */
  register(): Promise<void>;
  /**
   * In a transaction that stores feedback, which was checked by the tombstones up to `clock`: whoever sets more from here on
   * waits until it has ended.
   *
   * @throws StaleTombstones where more were set by now
   */
  check(session: Transaction, clock: number): Promise<void>;
}

const NEVER = new Date(-8.64e15);

/**
 * Where nothing was ever erased this costs nothing but the fence, a small write in each transaction. After that each feedback
 * costs some keyed hashes, and only what looks like a tombstone in memory is asked of MongoDB.
 */
export function createTombstones(models: Models): Tombstones {
  const filter: BloomFilter = createBloomFilter();
  const kinds = new Set<ErasureSubject['what']>();
  let key: Buffer | undefined;
  let seen: number | undefined;

  async function refresh(): Promise<void> {
    key ??= (await readErasureSecrets(models)).tombstoneKey;
    // Causally consistent: all up to the clock that the first read sees are there for the second, whoever answers it.
    const session = await models.connection.startSession();
    try {
      const clock = await tombstoneSequence(models, session);
      const added = models.tombstones
        .find({ clock: { $gt: seen ?? 0, $lte: clock } }, null, { session })
        .lean()
        .cursor({ batchSize: 5_000 });
      for await (const { _id, kind } of added) {
        filter.add(hashOfTombstone(_id));
        kinds.add(kind);
      }
      seen = Math.max(seen ?? 0, clock);
    } finally {
      await session.endSession();
    }
  }

  /** The tombstones that could be about a feedback, as far as the filter lets them pass. */
  function suspects(secret: Buffer, feedback: TombstoneSubject): string[] {
    const { _id, orgId, userId, sessionId } = feedback;
    const ids: string[] = [];
    const look = (kind: ErasureSubject['what'], id: string | undefined) => {
      if (id === undefined || !kinds.has(kind)) return;
      const hash = hashOf(secret, kind, id);
      if (!filter.mayHave(hash)) return;
      ids.push(tombstoneId(secret, hash, null));
      if (orgId !== undefined) ids.push(tombstoneId(secret, hash, orgId));
    };
    look('feedback', _id);
    if (publicId(_id) !== _id) look('feedback', publicId(_id));
    look('user', userId);
    look('session', sessionId);
    look('org', orgId);
    return ids;
  }

  return {
    refresh,
    async check(feedback) {
      if (seen === undefined) await refresh();
      const clock = seen ?? 0;
      const secret = key;
      if (kinds.size === 0 || !secret) return { erased: feedback.map(() => false), clock };
      const idsOf = feedback.map((one) => suspects(secret, one));
      const ids = new Set(idsOf.flat());
      if (ids.size === 0) return { erased: feedback.map(() => false), clock };
      const found = await models.tombstones.find({ _id: { $in: [...ids] } }).lean();
      const until = new Map(found.map(({ _id, at }) => [_id, at]));
      const isErased = (id: string, { acceptedAt }: TombstoneSubject) =>
        acceptedAt <= (until.get(id) ?? NEVER);
      return { erased: feedback.map((one, at) => idsOf[at]!.some((id) => isErased(id, one))), clock };
    },
    createFence() {
      const name = randomBytes(9).toString('base64url');
      const fences = models.fences.collection;
      let isThere = false;
      return {
        async register() {
          if (!isThere) {
            const start = { clock: 0, transactions: 0, usedAt: new Date() };
            await fences.updateOne({ _id: name as never }, { $setOnInsert: start }, { upsert: true });
            isThere = true;
          }
          // What was set before there was a fence did not wait for it.
          await refresh();
        },
        async check(session, clock) {
          const found = await fences.findOneAndUpdate(
            { _id: name as never },
            { $inc: { transactions: 1 }, $set: { usedAt: new Date() } },
            { session, projection: { clock: 1 } },
          );
          if (found && found.clock <= clock) return;
          isThere = found !== null;
          throw new StaleTombstones();
        },
      };
    },
  };
}
