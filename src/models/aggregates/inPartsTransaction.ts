import type { Models } from '../database.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import type { PartsWriter } from './partsWriter.ts';
import type { StagedParts } from './writtenParts.ts';

/**
 * Runs `work` in a transaction in which it may stage parts, and tells the parts writer how the transaction ended:
 *
 * 1. Run `work`, again after a write conflict. It stages parts at most once in an attempt.
 * 2. Commit.
 * 3. After the commit, have the writer remember what was staged. After a failure, have it forget what may be wrong.
 * 4. If the failure was a stale cached sum, begin again at 1: nothing was committed, and the writer now reads the parts.
 *
 * @throws what `work` throws, and TransactionOverdue
 */
export async function inPartsTransaction<T>(
  models: Pick<Models, 'connection'>,
  parts: PartsWriter,
  work: (transaction: Transaction) => Promise<{ result: T; staged?: StagedParts | undefined }>,
): Promise<T> {
  for (let attempts = 0; ; ) {
    try {
      const { result, staged } = await inTransaction(models, (transaction) => {
        if (attempts++ > 0) parts.onConflict?.();
        return work(transaction);
      });
      if (staged) parts.committed(staged);
      return result;
    } catch (error) {
      if (parts.failed(error) === 'failed') throw error;
    }
  }
}
