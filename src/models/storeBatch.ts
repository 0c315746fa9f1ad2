import { type AggregateKey, keysOf } from '../aggregates/aggregateKey.ts';
import { addContribution, sumContributions } from '../aggregates/contribution.ts';
import type { Models } from './database.ts';
import type { FeedbackDocument } from './feedback.ts';
import { isDuplicate } from './isDuplicate.ts';
import { createParts, type PartsOptions } from './parts.ts';
import { refreshSpans } from './refreshSpans.ts';
import { noteUncounted } from './uncountedTexts.ts';
import { insertAll } from './writeAll.ts';

export type StoreOutcome = 'stored' | 'duplicate';

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

export function createBatchWriter(models: Models, options?: PartsOptions): BatchWriter {
  const parts = createParts(models, options);
  let repeats = false;

  /** The way of nearly every batch: nothing in it is stored yet. The index of ids says so for free, while inserting. */
  function storeNew(documents: FeedbackDocument[]): Promise<void> {
    const gains = [...sumContributions(documents).values()];
    return parts.write(async (session, add) => {
      await insertAll(models.feedback, documents, session);
      await noteUncounted(models, documents, session);
      await add(gains);
    });
  }

  /** The way of a batch in which something may be stored already: looks first. */
  function storeMissing(documents: FeedbackDocument[]): Promise<Set<string>> {
    return parts.write(async (session, add) => {
      const ids = documents.map((document) => document._id);
      const found = await models.feedback
        .find({ _id: { $in: ids } }, null, { session })
        .lean<FeedbackDocument[]>();
      const stored = new Map(found.map((document) => [document._id, document]));
      const missing = documents.filter((document) => !stored.has(document._id));
      const gains = sumContributions(missing);
      const lessened = new Map<string, AggregateKey>();
      for (const document of documents) {
        const later = stored.get(document._id);
        if (!later || later.acceptedAt <= document.acceptedAt) continue;
        addContribution(gains, later, -1);
        addContribution(gains, document);
        for (const key of keysOf(later)) lessened.set(key.path, key);
        await models.feedback.collection.replaceOne({ _id: document._id as never }, document, { session });
      }
      await insertAll(models.feedback, missing, session);
      await noteUncounted(models, missing, session);
      await refreshSpans(models, [...lessened.values()], session);
      await add([...gains.values()]);
      return new Set(missing.map((document) => document._id));
    });
  }

  async function storeOptimistically(documents: FeedbackDocument[]): Promise<Set<string>> {
    try {
      await storeNew(documents);
      return new Set(documents.map((document) => document._id));
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      return storeMissing(documents);
    }
  }

  return {
    async store(documents) {
      const firsts = firstOfEachId(documents);
      const missing = await (repeats ? storeMissing(firsts) : storeOptimistically(firsts));
      // Repeats come in waves: clients that retry after an outage, an import that is sent again.
      repeats = missing.size < documents.length;
      return documents.map((document) => (missing.delete(document._id) ? 'stored' : 'duplicate'));
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
