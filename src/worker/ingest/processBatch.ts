import type { AcceptedFeedback } from '../../ingest/feedbackSchema.ts';
import { decodeRecord } from '../../ingest/job.ts';
import { type FeedbackDocument, toDocument } from '../../models/feedback/feedbackDocument.ts';
import type { BatchWriter } from '../../models/feedback/storeBatch.ts';
import { isOutage } from '../../models/mongodb/errors.ts';
import { retentionCutoff } from '../../models/retention/retentionCutoff.ts';
import type { ActiveSettings } from '../../models/settings/activeSettings.ts';
import type { ActiveTaxonomies } from '../../models/taxonomy/activeTaxonomies.ts';
import { type BatchTimer, observed } from './batchTimer.ts';

/** A record of an ingest job, with the job that carried it. */
export interface QueuedRecord {
  record: unknown;
  jobId: string;
}

export interface ProcessBatchOptions {
  taxonomies: Pick<ActiveTaxonomies, 'analyzersOf'>;
  settings: Pick<ActiveSettings, 'load' | 'of'>;
  writer: BatchWriter;
  markChoices(documents: FeedbackDocument[]): Promise<void>;
  /** Sets a record aside, unless it is erased. */
  deadLetter(queued: QueuedRecord, reason: string): Promise<'dead_letter' | 'erased'>;
  /** Waits before the next try of a batch that met an outage. Rejects when the worker stops. */
  backOff(attempt: number, error: unknown): Promise<void>;
  onOutcome(outcome: 'stored' | 'duplicate' | 'expired' | 'dead_letter' | 'erased', count: number): void;
  onReadable(acceptedAt: Date): void;
  time: BatchTimer;
}

/**
 * Brings every record of a batch to its end: stored, known as a duplicate, or in the dead-letter queue. An outage is
 * waited out. A batch that fails for a reason of its own is halved until the guilty record stands alone; every half
 * that is sound commits.
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
        return options.onOutcome(await options.deadLetter(only, reason), 1);
      }
      const half = Math.ceil(records.length / 2);
      await processBatch(records.slice(0, half), options);
      return processBatch(records.slice(half), options);
    }
  }
}

async function storeRecords(records: QueuedRecord[], options: ProcessBatchOptions): Promise<void> {
  await options.settings.load();
  const all = records.map(({ record }) => {
    const feedback = decodeRecord(record);
    return { feedback, expiry: expiryOf(feedback, options) };
  });
  const kept = all.filter(({ expiry }) => expiry !== 'feedback');
  if (kept.length < all.length) options.onOutcome('expired', all.length - kept.length);
  if (kept.length === 0) return;
  const analyzerOf = await options.taxonomies.analyzersOf(kept.map(({ feedback }) => feedback.orgId ?? null));
  const documents = observed(options.time, 'analysis', () =>
    kept.map(({ feedback, expiry }) => {
      const analyze = analyzerOf(feedback.orgId ?? null);
      const document = toDocument(feedback, analyze(feedback.improvements));
      if (expiry === 'text') removeText(document);
      return document;
    }),
  );
  await options.markChoices(documents);
  const done = options.time('transaction');
  const outcomes = await options.writer.store(documents);
  done();
  outcomes.forEach((outcome, index) => {
    if (outcome === 'stored') options.onReadable(documents[index]!.acceptedAt);
  });
  for (const outcome of ['stored', 'duplicate', 'erased'] as const) {
    const count = outcomes.filter((one) => one === outcome).length;
    if (count > 0) options.onOutcome(outcome, count);
  }
}

/**
 * What of a feedback is no longer kept, by its org's retention. What was removed and is sent again, however late, must not
 * come back.
 */
function expiryOf(
  { orgId, createdAt }: AcceptedFeedback,
  { settings }: Pick<ProcessBatchOptions, 'settings'>,
): 'feedback' | 'text' | undefined {
  const { retention } = settings.of(orgId ?? null);
  const horizon = retentionCutoff(retention, Date.now());
  return horizon && retention !== 'forever' && createdAt < horizon.getTime() ? retention.what : undefined;
}

function removeText(document: FeedbackDocument): void {
  if (document.improvements === undefined) return;
  delete document.improvements;
  document.textRemovedAt = new Date();
}
