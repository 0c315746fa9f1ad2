import { setImmediate } from 'node:timers/promises';
import { type AggregateDelta, addContribution, sumContributions } from '../../aggregates/contribution.ts';
import { createPartsWriter, type PartsWriterOptions } from '../aggregates/partsWriter.ts';
import { subtract } from '../aggregates/subtract.ts';
import type { Models } from '../database.ts';
import { notePendingTexts } from '../discovery/notePendingTexts.ts';
import { createTombstones, StaleTombstones, type Tombstones } from '../erasure/checkTombstones.ts';
import { insertAll } from '../mongodb/bulkWrites.ts';
import { isDuplicate } from '../mongodb/errors.ts';
import type { FeedbackDocument } from './feedbackDocument.ts';

export type StoreOutcome = 'stored' | 'duplicate' | 'erased';

/** One writer of batches. */
export interface BatchWriter {
  /**
   * Stores feedback and adds its contributions to the aggregates, all in one transaction, and says for each of them (in
   * order) whether it was new. What is stored already contributes nothing, however often it comes.
   *
   * Of two feedback under one id the one accepted first is kept, in whatever order they arrive: where the later one was
   * stored first, the earlier takes its place, and the aggregates gain the difference.
   */
  store(documents: FeedbackDocument[]): Promise<StoreOutcome[]>;
}

export interface BatchWriterOptions extends PartsWriterOptions {
  /** those that the process knows; else it reads its own */
  tombstones?: Tombstones | undefined;
}

export function createBatchWriter(models: Models, options: BatchWriterOptions = {}): BatchWriter {
  const parts = createPartsWriter(models, options);
  const tombstones = options.tombstones ?? createTombstones(models);
  const fence = tombstones.createFence();
  let isPrepared = false;
  let repeats = false;

  /** The way of nearly every batch: nothing in it is stored yet. The index of ids says so for free, while inserting. */
  function storeNew(documents: FeedbackDocument[], clock: number): Promise<void> {
    let gains: AggregateDelta[] | undefined;
    const addUp = async () => {
      // By then the documents are on their way: what they add is added up while MongoDB inserts them.
      await setImmediate();
      gains ??= [...sumContributions(documents).values()];
      return gains;
    };
    return parts.write(async (session, add) => {
      const adding = addUp();
      // Where it fails, that is said below, once MongoDB has answered: a transaction is not given up with a command under way.
      adding.catch(() => {});
      await insertAll(models.feedback, documents, session);
      await notePendingTexts(models, documents, session);
      await add(await adding);
      await fence.check(session, clock);
    });
  }

  /** The way of a batch in which something may be stored already: looks first. */
  function storeMissing(documents: FeedbackDocument[], clock: number): Promise<Set<string>> {
    return parts.write(async (session, add) => {
      const ids = documents.map((document) => document._id);
      const found = await models.feedback
        .find({ _id: { $in: ids } }, null, { session })
        .lean<FeedbackDocument[]>();
      const stored = new Map(found.map((document) => [document._id, document]));
      const missing = documents.filter((document) => !stored.has(document._id));
      const gains = sumContributions(missing);
      const replaced: FeedbackDocument[] = [];
      for (const document of documents) {
        const later = stored.get(document._id);
        if (!later || later.acceptedAt <= document.acceptedAt) continue;
        addContribution(gains, later, -1);
        addContribution(gains, document);
        replaced.push(later);
        await models.feedback.collection.replaceOne({ _id: document._id as never }, document, { session });
      }
      await insertAll(models.feedback, missing, session);
      await notePendingTexts(models, missing, session);
      await subtract(models, gains, replaced, session);
      await add([...gains.values()]);
      await fence.check(session, clock);
      return new Set(missing.map((document) => document._id));
    });
  }

  async function storeOptimistically(documents: FeedbackDocument[], clock: number): Promise<Set<string>> {
    try {
      await storeNew(documents, clock);
      return new Set(documents.map((document) => document._id));
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      return storeMissing(documents, clock);
    }
  }

  async function storeChecked(documents: FeedbackDocument[]): Promise<StoreOutcome[]> {
    const { erased, sequence: clock } = await tombstones.check(documents);
    const left = documents.filter((_, at) => !erased[at]);
    const firsts = firstOfEachId(left);
    const store = repeats ? storeMissing : storeOptimistically;
    const missing = left.length > 0 ? await store(firsts, clock) : new Set<string>();
    // Repeats come in waves: clients that retry after an outage, an import that is sent again.
    repeats = missing.size < left.length;
    return documents.map(({ _id }, at) => {
      if (erased[at]) return 'erased';
      return missing.delete(_id) ? 'stored' : 'duplicate';
    });
  }

  return {
    async store(documents) {
      for (;;) {
        if (!isPrepared) await fence.register();
        isPrepared = true;
        try {
          return await storeChecked(documents);
        } catch (error) {
          if (!(error instanceof StaleTombstones)) throw error;
          isPrepared = false;
        }
      }
    },
  };
}

function firstOfEachId(documents: FeedbackDocument[]): FeedbackDocument[] {
  const firsts = new Map<string, FeedbackDocument>();
  for (const document of documents) {
    const known = firsts.get(document._id);
    if (!known || document.acceptedAt < known.acceptedAt) firsts.set(document._id, document);
  }
  return [...firsts.values()];
}
