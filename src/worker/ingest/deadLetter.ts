import { type RawRecord, recordsIn, scrub } from '../../ingest/rawRecords.ts';
import type { TombstoneSubject, Tombstones } from '../../models/erasure/checkTombstones.ts';
import { storedId } from '../../models/feedback/feedbackDocument.ts';
import type { DeadLetter, DeadLetterQueue } from '../../queues/deadLetterQueue.ts';

/**
 * Puts records into the dead-letter queue, without those that are erased:
 *
 * 1. Put the dead letter. An erasure that is requested from now on finds it.
 * 2. Read the tombstones. They include every erasure that was requested before.
 * 3. Remove the erased records from the dead letter, or discard it if none remains.
 *
 * A job that fails in between runs again.
 */
export function createToDeadLetter(
  deadLetters: Pick<DeadLetterQueue, 'put' | 'rewrite' | 'discard'>,
  tombstones: Tombstones,
): (deadLetter: Omit<DeadLetter, 'version'>) => Promise<'dead_letter' | 'erased'> {
  return async (deadLetter) => {
    const { id } = await deadLetters.put(deadLetter);
    await tombstones.refresh();
    const records = recordsIn(deadLetter.record);
    const { erased } = await tombstones.check(records.map(tombstoneSubjectOf));
    const erasedRecords = new Set(records.filter((_, index) => erased[index]).map((record) => JSON.stringify(record)));
    if (erasedRecords.size === 0) return 'dead_letter';
    const remaining = scrub(deadLetter.record, (record) => erasedRecords.has(JSON.stringify(record)));
    if (recordsIn(remaining).length === 0) {
      await deadLetters.discard(id);
      return 'erased';
    }
    await deadLetters.rewrite(id, remaining);
    return 'dead_letter';
  };
}

function tombstoneSubjectOf({ id = '', acceptedAt, ...ids }: RawRecord): TombstoneSubject {
  return { ...ids, _id: storedId({ ...ids, id }), acceptedAt: new Date(acceptedAt) };
}
