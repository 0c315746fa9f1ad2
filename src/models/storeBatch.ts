import { type AggregateKey, keysOf } from '../aggregates/aggregateKey.ts';
import { addContribution, type Gain, sumContributions } from '../aggregates/contribution.ts';
import { nested } from '../aggregates/delta.ts';
import { STRIPES } from './aggregate.ts';
import type { Models } from './database.ts';
import type { FeedbackDocument } from './feedback.ts';
import { incrementAggregates } from './incrementAggregates.ts';
import { inTransaction, type Session } from './inTransaction.ts';
import { createOwnParts, type OwnParts } from './ownParts.ts';
import { refreshSpans } from './refreshSpans.ts';
import { noteUncounted } from './uncountedTexts.ts';
import { insertAll } from './writeAll.ts';

export type StoreOutcome = 'stored' | 'duplicate';

/**
 * One writer of batches. Writers at work at the same time hold different stripes; two that meet (in different
 * processes, say) conflict once, and the one that lost moves to another stripe, so they settle without being told of
 * each other.
 */
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

export interface BatchWriterOptions {
  models: Models;
  stripe: number;
  onConflict?(): void;
}

/** What was inserted is there already, and the transaction has been given up for it. */
const isDuplicate = (error: unknown) => (error as { code?: number }).code === 11000;

export function createBatchWriter({ models, stripe: first, onConflict }: BatchWriterOptions): BatchWriter {
  let stripe = first % STRIPES;
  const parts = createOwnParts();
  let repeats = false;

  async function write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    try {
      const result = await inTransaction(models, (session, attempt) => {
        if (attempt > 0) {
          onConflict?.();
          stripe = (stripe + 1 + Math.floor(Math.random() * (STRIPES - 1))) % STRIPES;
        }
        return work(session);
      });
      parts.keep();
      return result;
    } catch (error) {
      // It may have taken effect or not, so what this writer knows of its parts is not sure any more.
      if (!isDuplicate(error)) parts.forget();
      throw error;
    }
  }

  async function addGains(gains: Gain[], session: Session): Promise<void> {
    const own = gains.filter(({ key }) => key.kind === 'user' || key.kind === 'session');
    const shared = gains.filter(({ key }) => key.kind !== 'user' && key.kind !== 'session');
    await addToParts(models, own, parts, session);
    await incrementAggregates(models, shared, stripe, session);
  }

  /** The way of nearly every batch: nothing in it is stored yet. The index of ids says so for free, while inserting. */
  function storeNew(documents: FeedbackDocument[]): Promise<void> {
    const gains = [...sumContributions(documents).values()];
    return write(async (session) => {
      await insertAll(models.feedback, documents, session);
      await noteUncounted(models, documents, session);
      await addGains(gains, session);
    });
  }

  /** The way of a batch in which something may be stored already: looks first. */
  function storeMissing(documents: FeedbackDocument[]): Promise<Set<string>> {
    return write(async (session) => {
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
      await addGains([...gains.values()], session);
      await refreshSpans(models, [...lessened.values()], session);
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

/** Adds to the aggregates of users and sessions. */
async function addToParts(models: Models, gains: Gain[], parts: OwnParts, session: Session): Promise<void> {
  const { known, missing } = parts.divide(gains);
  const documents = missing.map(({ key: { path, ...fields }, delta, firstAt, lastAt }) => ({
    _id: `${path} ${parts.name()}`,
    ...fields,
    firstAt,
    lastAt,
    ...nested(delta),
  }));
  await insertAll(models.aggregates, documents, session);
  await incrementAggregates(models, known, parts.name(), session);
}
