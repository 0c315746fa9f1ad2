import { randomBytes } from 'node:crypto';
import type { Models } from '../database.ts';
import { type FeedbackDocument, publicId } from '../feedback/feedbackDocument.ts';
import { type Transaction, TransactionAborted } from '../mongodb/inTransaction.ts';
import { TOMBSTONE_SEQUENCE } from '../mongodb/internalState.ts';
import { createBloomFilter } from './bloomFilter.ts';
import type { ErasureSubject } from './erasureSchema.ts';
import { readErasureSecrets } from './erasureSecrets.ts';
import { hashOf, hashOfTombstone, idInOrg, tombstoneId } from './tombstoneSchema.ts';

// Why erased feedback cannot come back
//
// A tombstone records that an id is erased, with all of its feedback that was accepted up to a given time. A writer
// checks its feedback against the tombstones before it stores any.
// The check alone leaves a race: snapshot isolation sees no conflict between a transaction that relies on the tombstones
// and one that adds some. So each writer has a fence, a document that both sides write to.
//
//   The erasure                                    The writer, for each batch
//   1. commits tombstones under the next           1. checks the batch against the tombstones it knows, up to
//      sequence number n                              sequence number s
//   2. sets every fence to n                       2. inserts the rest in a transaction
//   3. deletes the feedback that it finds          3. writes to its fence in that transaction, and aborts if n > s
//                                                  4. commits
//
// - If the writer reaches its fence first, step 2 of the erasure waits for the commit. Step 3 then finds the feedback.
// - If the erasure reaches the fence first, the writer sees n > s. If its transaction began earlier, it first gets a
//   conflict and runs again. It then throws StaleTombstones, reads the new tombstones and checks the batch again.
//
// Invariants:
// - Tombstones become visible in the order of their sequence numbers (the field `clock`), because all setters increment
//   the same counter.
// - A fence never moves back, and a writer whose fence is missing stores nothing.
// - A writer reads the tombstones after it has created its fence, so none is set unnoticed between the two.
//
// A process checks in one of three modes, from cheap to expensive:
// - Nothing was ever erased: no hashing.
// - No id of the batch is in the Bloom filter: a few keyed hashes for each feedback.
// - Some id may be in the filter: also one read of MongoDB for the whole batch.

/** The ids of a feedback that a tombstone can name. */
export type TombstoneSubject = Pick<FeedbackDocument, '_id' | 'orgId' | 'userId' | 'sessionId'> & {
  acceptedAt: Date;
};

/** The writer's tombstones are out of date: register the fence again, and check the batch again. */
export class StaleTombstones extends TransactionAborted {
  override name = 'StaleTombstones';
}

/** The tombstones as one process knows them. */
export interface Tombstones {
  /** Tells for each feedback, in order, whether the tombstones up to `sequence` erase it. */
  check(feedback: readonly TombstoneSubject[]): Promise<{ erased: boolean[]; sequence: number }>;
  /** Reads the tombstones set since the last read. */
  refresh(): Promise<void>;
  createFence(): Fence;
}

/** The fence of one writer, which runs one transaction at a time. */
export interface Fence {
  /** Creates the fence if it is missing, and refreshes the tombstones. Call it outside of a transaction. */
  register(): Promise<void>;
  /**
   * Passes the fence, in the transaction that stores feedback checked up to `sequence`. From here on, setting
   * tombstones waits for the end of the transaction.
   *
   * @throws StaleTombstones if newer tombstones were set
   */
  check(transaction: Transaction, sequence: number): Promise<void>;
}

const BEFORE_ALL_TIME = new Date(-8.64e15);

/**
 * `refreshOthers` reads what writers must know besides, such as the time zones of orgs. What was committed before
 * `advanceFences` is then known to every writer that passes its fence after it.
 */
export function createTombstones(models: Models, refreshOthers = async () => {}): Tombstones {
  const filter = createBloomFilter();
  const erasedKinds = new Set<ErasureSubject['what']>();
  let key: Buffer | undefined;
  let knownSequence: number | undefined;

  async function refresh(): Promise<void> {
    key ??= (await readErasureSecrets(models)).tombstoneKey;
    // In a causally consistent session the second read sees every tombstone up to the sequence number of the first.
    const session = await models.connection.startSession();
    try {
      const stored = await models.internalState.findById(TOMBSTONE_SEQUENCE, null, { session }).lean();
      const sequence = Number(stored?.value ?? 0);
      const added = models.tombstones
        .find({ clock: { $gt: knownSequence ?? 0, $lte: sequence } }, null, { session })
        .lean()
        .cursor({ batchSize: 5_000 });
      for await (const { _id, kind } of added) {
        filter.add(hashOfTombstone(_id));
        erasedKinds.add(kind);
      }
      await refreshOthers();
      knownSequence = Math.max(knownSequence ?? 0, sequence);
    } finally {
      await session.endSession();
    }
  }

  /** Ids of the tombstones that may erase a feedback, according to the filter. */
  function candidateIds(secret: Buffer, { _id, orgId, userId, sessionId }: TombstoneSubject): string[] {
    const ids: string[] = [];
    const addCandidates = (kind: ErasureSubject['what'], id: string | undefined) => {
      if (id === undefined || !erasedKinds.has(kind)) return;
      const hash = hashOf(secret, kind, id);
      if (!filter.mayHave(hash)) return;
      ids.push(tombstoneId(secret, hash, null));
      if (orgId !== undefined) ids.push(tombstoneId(secret, hash, orgId));
    };
    addCandidates('feedback', publicId(_id));
    addCandidates('feedback', idInOrg({ _id, orgId }));
    addCandidates('user', userId);
    addCandidates('session', sessionId);
    addCandidates('org', orgId);
    return ids;
  }

  return {
    refresh,
    async check(feedback) {
      if (knownSequence === undefined) await refresh();
      const sequence = knownSequence ?? 0;
      const secret = key;
      if (erasedKinds.size === 0 || !secret) return { erased: feedback.map(() => false), sequence };
      const candidates = feedback.map((subject) => candidateIds(secret, subject));
      const ids = new Set(candidates.flat());
      if (ids.size === 0) return { erased: feedback.map(() => false), sequence };
      const found = await models.tombstones.find({ _id: { $in: [...ids] } }).lean();
      const acceptedUntil = new Map(found.map(({ _id, at }) => [_id, at]));
      const erased = feedback.map(({ acceptedAt }, index) =>
        candidates[index]!.some((id) => acceptedAt <= (acceptedUntil.get(id) ?? BEFORE_ALL_TIME)),
      );
      return { erased, sequence };
    },
    createFence() {
      const fenceId = randomBytes(9).toString('base64url') as never;
      const fences = models.fences.collection;
      let exists = false;
      return {
        async register() {
          if (!exists) {
            const initial = { clock: 0, transactions: 0, usedAt: new Date() };
            await fences.updateOne({ _id: fenceId }, { $setOnInsert: initial }, { upsert: true });
            exists = true;
          }
          await refresh();
        },
        async check(transaction, sequence) {
          const fence = await fences.findOneAndUpdate(
            { _id: fenceId },
            { $inc: { transactions: 1 }, $set: { usedAt: new Date() } },
            { session: transaction, projection: { clock: 1 } },
          );
          if (fence && fence.clock <= sequence) return;
          exists = fence !== null;
          throw new StaleTombstones();
        },
      };
    },
  };
}
