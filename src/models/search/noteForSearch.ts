import type { Models } from '../database.ts';
import { insertAll } from '../mongodb/bulkWrites.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';

/** Times that are closer are noted as one span. */
const GAP_MS = 1_000;

/**
 * Notes feedback for the search index, in the transaction that stores, changes or deletes it. Until the index is updated,
 * searches read feedback of these times itself.
 */
export async function noteForSearch(
  models: Pick<Models, 'searchNotes'>,
  feedback: readonly { createdAt: Date }[],
  transaction: Transaction,
  options: { isErasure?: true } = {},
): Promise<void> {
  if (feedback.length === 0) return;
  const spans = Buffer.from(spansOf(feedback).buffer);
  const note: object = { spans, ...options };
  await insertAll(models.searchNotes, [note], transaction);
}

/** Pairs of the first and the last time of each span, in order. */
function spansOf(feedback: readonly { createdAt: Date }[]): Float64Array {
  const times = new Float64Array(feedback.length);
  for (let index = 0; index < times.length; index++) times[index] = feedback[index]!.createdAt.getTime();
  times.sort();
  const spans: number[] = [];
  for (const time of times) {
    if (spans.length > 0 && time - spans.at(-1)! <= GAP_MS) spans[spans.length - 1] = time;
    else spans.push(time, time);
  }
  return new Float64Array(spans);
}
