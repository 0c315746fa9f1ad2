import { setImmediate } from 'node:timers/promises';
import { type AggregateDelta, addContribution, sumContributions } from '../../aggregates/contribution.ts';
import { inPartsTransaction } from '../aggregates/inPartsTransaction.ts';
import { createPartsWriter, type PartsWriterOptions } from '../aggregates/partsWriter.ts';
import { prepareSubtraction, subtractionsOf } from '../aggregates/prepareSubtraction.ts';
import type { Models } from '../database.ts';
import { notePendingTexts } from '../discovery/notePendingTexts.ts';
import { createTombstones, StaleTombstones, type Tombstones } from '../erasure/checkTombstones.ts';
import { findAll, idsOf, insertAll } from '../mongodb/bulkWrites.ts';
import { isDuplicate } from '../mongodb/errors.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { noteForSearch } from '../search/noteForSearch.ts';
import type { ActiveZones } from '../zones/activeZones.ts';
import { markLocalDays } from '../zones/markLocalDays.ts';
import type { FeedbackDocument } from './feedbackDocument.ts';
import { rewriteOldIdsOf } from './oldIds.ts';

export type StoreOutcome = 'stored' | 'duplicate' | 'erased';

/** Stores batches, one at a time. */
export interface BatchWriter {
  /**
   * Stores feedback and adds its contributions to the aggregates in one transaction (exactly-once effect).
   * Feedback that is already stored adds nothing, however often it is delivered again.
   *
   * If two feedback share an id, the one accepted first is kept, in whatever order they arrive. If the later one was
   * stored first, the earlier one replaces it, and the aggregates change by the difference.
   *
   * Feedback of an import never replaces any. If an app sends feedback that an import has stored, it is the app's from
   * then on, so that an undo of the import does not remove it.
   *
   * @param alongside see `Alongside`; with it, there is a transaction even without any document to store
   * @returns the outcome of each document, in order
   */
  store(documents: FeedbackDocument[], alongside?: Alongside): Promise<StoreOutcome[]>;
}

/**
 * A change that commits together with the feedback of a batch. It gets the number of feedback that this attempt of the
 * transaction stores, and the number that is erased. What it throws aborts the transaction.
 */
export type Alongside = (transaction: Transaction, counts: { stored: number; erased: number }) => Promise<void>;

export interface BatchWriterOptions extends PartsWriterOptions {
  /** tombstones shared by the writers of a process; without them the writer reads its own */
  tombstones?: Tombstones | undefined;
  /** time zones of orgs, refreshed with the tombstones; without them all days are UTC days */
  zones?: Pick<ActiveZones, 'all'> | undefined;
}

/** Inserts feedback in the transaction, and returns the deltas that it adds to the aggregates. */
type InsertStep = (transaction: Transaction) => Promise<{
  inserted: readonly FeedbackDocument[];
  /** stored feedback that other feedback replaced, and those */
  replaced: readonly FeedbackDocument[];
  deltas: AggregateDelta[];
}>;

/** Conditions of a storing transaction. `sequence`: of the tombstones that its feedback was checked against. */
interface Conditions {
  sequence: number;
  alongside: ((transaction: Transaction, stored: number) => Promise<void>) | undefined;
}

export function createBatchWriter(models: Models, options: BatchWriterOptions = {}): BatchWriter {
  const parts = createPartsWriter(models, options);
  const tombstones = options.tombstones ?? createTombstones(models);
  const fence = tombstones.createFence();
  let isRegistered = false;
  let expectsRepeats = false;
  let hasOldIds = true;

  /** Stores a batch in one transaction, and returns the ids that were new. */
  function storeInTransaction(insert: InsertStep, { sequence, alongside }: Conditions): Promise<Set<string>> {
    return inPartsTransaction(models, parts, async (transaction) => {
      // 1. Insert the feedback. The unique index of ids recognises duplicates, so none is stored or counted twice.
      const { inserted, replaced, deltas } = await insert(transaction);
      if (alongside) await alongside(transaction, inserted.length);
      // 2. Note the texts for discovery, so that the phrases of each are counted once, later; and all for the search index.
      await notePendingTexts(models, inserted, transaction);
      await noteForSearch(models, replaced.length > 0 ? [...inserted, ...replaced] : inserted, transaction);
      // 3. Write the aggregate deltas as parts. Feedback and totals become visible together, or not at all.
      const staged = await parts.stage(deltas, transaction);
      // 4. Check the erasure fence. Tombstones that were set since the batch was checked abort the transaction.
      await fence.check(transaction, sequence);
      // 5. Return: the transaction then commits, and the parts writer remembers what it staged.
      return { result: new Set(idsOf(inserted)), staged };
    });
  }

  /** Expects that no document is stored yet, as in nearly every batch. After a duplicate, runs `storeMissing`. */
  async function storeOptimistically(documents: FeedbackDocument[], conditions: Conditions): Promise<Set<string>> {
    try {
      return await storeInTransaction(insertNew(models, documents), conditions);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      return storeMissing(documents, conditions);
    }
  }

  /** Expects that some documents are stored, and reads those first. */
  function storeMissing(documents: FeedbackDocument[], conditions: Conditions): Promise<Set<string>> {
    return storeInTransaction(insertMissing(models, documents), conditions);
  }

  async function storeChecked(documents: FeedbackDocument[], alongside?: Alongside): Promise<StoreOutcome[]> {
    const { erased, sequence } = await tombstones.check(documents);
    const kept = documents.filter((_, index) => !erased[index]);
    if (hasOldIds && kept.length > 0) hasOldIds = !(await rewriteOldIdsOf(models, kept));
    // After the check: a transaction by outdated zones then has an outdated sequence, too, and does not pass the fence.
    if (options.zones) markLocalDays(kept, options.zones.all());
    const store = expectsRepeats ? storeMissing : storeOptimistically;
    const conditions: Conditions = {
      sequence,
      alongside:
        alongside &&
        ((transaction, stored) => alongside(transaction, { stored, erased: documents.length - kept.length })),
    };
    const isNeeded = kept.length > 0 || alongside !== undefined;
    const added = isNeeded ? await store(firstOfEachId(kept), conditions) : new Set<string>();
    // Repeats come in waves: clients that retry after an outage, an import that is sent again.
    expectsRepeats = added.size < kept.length;
    return documents.map(({ _id }, index) => {
      if (erased[index]) return 'erased';
      return added.delete(_id) ? 'stored' : 'duplicate';
    });
  }

  return {
    async store(documents, alongside) {
      for (;;) {
        if (!isRegistered) await fence.register();
        isRegistered = true;
        try {
          return await storeChecked(documents, alongside);
        } catch (error) {
          if (!(error instanceof StaleTombstones)) throw error;
          isRegistered = false;
        }
      }
    },
  };
}

/** Inserts all documents, and sums their contributions while MongoDB works. A repeated attempt reuses the sum. */
function insertNew(models: Models, documents: FeedbackDocument[]): InsertStep {
  let deltas: AggregateDelta[] | undefined;
  const sumWhileInserting = async () => {
    // One turn of the event loop later, the insert command has been sent.
    await setImmediate();
    deltas ??= [...sumContributions(documents).values()];
    return deltas;
  };
  return async (transaction) => {
    const summing = sumWhileInserting();
    // A failed sum is thrown only after MongoDB has answered: a transaction must not be aborted while a command runs.
    summing.catch(() => {});
    await insertAll(models.feedback, documents, transaction);
    return { inserted: documents, replaced: [], deltas: await summing };
  };
}

/** Inserts the documents that are not stored yet, and replaces stored ones that were accepted later. */
function insertMissing(models: Models, documents: FeedbackDocument[]): InsertStep {
  return async (transaction) => {
    const found = await findAll(models.feedback, { _id: { $in: idsOf(documents) } }, transaction);
    const stored = new Map(found.map((document) => [document._id, document]));
    const missing = documents.filter((document) => !stored.has(document._id));
    const deltas = sumContributions(missing);
    const replaced: FeedbackDocument[] = [];
    const replacing: FeedbackDocument[] = [];
    const adopted: string[] = [];
    for (const document of documents) {
      const later = stored.get(document._id);
      if (!later || document.importId !== undefined) continue;
      if (later.acceptedAt <= document.acceptedAt) {
        if (later.importId !== undefined) adopted.push(later._id);
        continue;
      }
      addContribution(deltas, later, -1);
      addContribution(deltas, document);
      replaced.push(later);
      replacing.push(document);
      const id = document._id as never;
      await models.feedback.collection.replaceOne({ _id: id }, document, { session: transaction });
    }
    if (adopted.length > 0)
      await models.feedback.updateMany(
        { _id: { $in: adopted } },
        { $unset: { importId: '' } },
        { session: transaction },
      );
    await insertAll(models.feedback, missing, transaction);
    await prepareSubtraction(models, deltas, subtractionsOf(replaced), transaction);
    return { inserted: missing, replaced: [...replaced, ...replacing], deltas: [...deltas.values()] };
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
