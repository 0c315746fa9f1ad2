import { type RawRecord, recordsIn, scrub } from '../../ingest/rawRecords.ts';
import type { TombstoneSubject, Tombstones } from '../../models/erasure/checkTombstones.ts';
import { storedId } from '../../models/feedback/feedbackDocument.ts';
import type { DeadLetter, DeadLetterQueue } from '../../queues/deadLetterQueue.ts';

type DeadLetterInput = Omit<DeadLetter, 'version'>;

/**
 * Sets records aside as dead letters, without what is erased. The letter comes first and is looked at then: an erasure that
 * is asked for in between finds it, and one that was asked for before is found. A job that breaks off here runs again.
 */
export function createDeadLetterWriter(
  deadLetters: Pick<DeadLetterQueue, 'put' | 'rewrite' | 'discard'>,
  tombstones: Tombstones,
): (letter: DeadLetterInput) => Promise<'dead_letter' | 'erased'> {
  return async (letter) => {
    const { id } = await deadLetters.put(letter);
    await tombstones.refresh();
    const records = recordsIn(letter.record);
    const { erased } = await tombstones.check(records.map(tombstoneSubjectOf));
    const gone = new Set(records.filter((_, at) => erased[at]).map((record) => JSON.stringify(record)));
    if (gone.size === 0) return 'dead_letter';
    const left = scrub(letter.record, (record) => gone.has(JSON.stringify(record)));
    if (recordsIn(left).length === 0) {
      await deadLetters.discard(id);
      return 'erased';
    }
    await deadLetters.rewrite(id, left);
    return 'dead_letter';
  };
}

function tombstoneSubjectOf({ id = '', namespace, acceptedAt, ...ids }: RawRecord): TombstoneSubject {
  return { ...ids, _id: storedId({ id, namespace }), acceptedAt: new Date(acceptedAt) };
}
