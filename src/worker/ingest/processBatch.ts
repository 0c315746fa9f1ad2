import { decodeRecord } from '../../ingest/job.ts';
import type { BatchWriter } from '../../models/feedback/storeBatch.ts';
import { isOutage } from '../../models/mongodb/errors.ts';
import { type PrepareOptions, prepareDocuments } from '../prepareDocuments.ts';

/** A record of an ingest job, and the id of the job. */
export interface QueuedRecord {
  record: unknown;
  jobId: string;
}

export interface ProcessBatchOptions extends PrepareOptions {
  writer: BatchWriter;
  /** Puts a record into the dead-letter queue, unless it is erased. */
  toDeadLetter(queued: QueuedRecord, reason: string): Promise<'dead_letter' | 'erased'>;
  /** Waits before the next attempt after an outage. Rejects when the worker stops. */
  backOff(attempt: number, error: unknown): Promise<void>;
  onOutcome(outcome: 'stored' | 'duplicate' | 'expired' | 'dead_letter' | 'erased', count: number): void;
  onReadable(acceptedAt: Date): void;
  /** Starts the timer of a phase. Returns the function that stops it. */
  startTimer(phase: 'analysis' | 'transaction'): () => void;
}

/**
 * Stores a batch, or splits it. Returns when every record has an outcome: stored, duplicate, expired, erased or dead
 * letter.
 *
 * 1. Store the batch in one transaction.
 * 2. After an outage, wait and store it again.
 * 3. After any other error, split it into halves and process each. The half without the bad record is stored.
 * 4. A single record that cannot be stored goes to the dead-letter queue, with the reason.
 */
export async function processBatch(records: QueuedRecord[], options: ProcessBatchOptions): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await storeRecords(records, options);
    } catch (error) {
      if (isOutage(error)) {
        await options.backOff(attempt, error);
        continue;
      }
      const [only, ...others] = records;
      if (only && others.length === 0) {
        const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        return options.onOutcome(await options.toDeadLetter(only, reason), 1);
      }
      const half = Math.ceil(records.length / 2);
      await processBatch(records.slice(0, half), options);
      return processBatch(records.slice(half), options);
    }
  }
}

async function storeRecords(records: QueuedRecord[], options: ProcessBatchOptions): Promise<void> {
  const feedback = records.map(({ record }) => decodeRecord(record));
  const documents = await prepareDocuments(feedback, options);
  if (documents.length < feedback.length) options.onOutcome('expired', feedback.length - documents.length);
  if (documents.length === 0) return;
  const stopTransaction = options.startTimer('transaction');
  const outcomes = await options.writer.store(documents);
  stopTransaction();
  outcomes.forEach((outcome, index) => {
    if (outcome === 'stored') options.onReadable(documents[index]!.acceptedAt);
  });
  for (const outcome of ['stored', 'duplicate', 'erased'] as const) {
    const count = outcomes.filter((other) => other === outcome).length;
    if (count > 0) options.onOutcome(outcome, count);
  }
}
