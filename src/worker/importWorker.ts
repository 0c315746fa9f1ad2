import { createPrivacyFilter } from '../ingest/privacyFilter.ts';
import type { Pseudonym } from '../ingest/pseudonyms.ts';
import { createTombstones } from '../models/erasure/checkTombstones.ts';
import { createChoiceLists } from '../models/feedback/choiceLists.ts';
import { createBatchWriter } from '../models/feedback/storeBatch.ts';
import { deleteOrphanFiles } from '../models/imports/importFiles.ts';
import { ImportMoved } from '../models/imports/importProgress.ts';
import type { ImportDocument } from '../models/imports/importSchema.ts';
import { beginImport, endImport, findImport, pendingImportIds } from '../models/imports/imports.ts';
import { type ForgetPhrases, finishUndo, undoChunk } from '../models/imports/undoImport.ts';
import { isOutage } from '../models/mongodb/errors.ts';
import type { ActiveSettings } from '../models/settings/activeSettings.ts';
import type { ActiveTaxonomies } from '../models/taxonomy/activeTaxonomies.ts';
import type { ActiveZones } from '../models/zones/activeZones.ts';
import { IMPORT_QUEUE, type ImportJob, type ImportQueue } from '../queues/importQueue.ts';
import { runImport } from './imports/runImport.ts';
import {
  type BackgroundContext,
  type RunningWorker,
  startBackgroundWorker,
  type WorkerDependencies,
} from './startBackgroundWorker.ts';

interface ImportWorkerOptions extends WorkerDependencies {
  imports: Pick<ImportQueue, 'request' | 'countWaiting'>;
  taxonomies: ActiveTaxonomies;
  settings: ActiveSettings;
  zones: ActiveZones;
  pseudonym: Pseudonym;
  forgetPhrases: ForgetPhrases;
  /** earliest time of a feedback that is taken, in epoch milliseconds */
  earliestMs: number;
  /** max bytes of a file, decompressed */
  maxBytes: number;
  /** share of the time in which it may work while feedback of apps is being stored, above 0 to 1 */
  share: number;
  /** Whether feedback of apps is being stored. */
  isBusy(): boolean;
  /** milliseconds after which an import makes way for others that wait, and continues after them */
  sliceMs?: number;
}

/** Max feedback taken back in one transaction. */
const UNDO_CHUNK = 200;
const MAX_PAUSE_MS = 5_000;
/** Runs without progress after which an import is given up: its file ends its workers. */
const MAX_ATTEMPTS = 10;
/** Long compared with reading the settled rows of a file again, which an import does when it continues. */
const SLICE_MS = 60_000;
/** An import is stored before its job is added. The sweep adds jobs that were lost in between. */
const SWEEP_MS = 10_000;

/**
 * Starts the worker of imports and their undo. The document of an import is the truth about it; its job only wakes a
 * worker. The worker does what the state asks for, until the state asks for nothing: an undo that is requested during the
 * import follows it in the same job.
 */
export function createImportWorker(options: ImportWorkerOptions): RunningWorker {
  const { models, imports, zones, metrics, log, isBusy, sliceMs = SLICE_MS } = options;
  const runOptions = {
    ...options,
    writer: createBatchWriter(models, {
      onConflict: () => metrics.transactionRetries.inc(),
      tombstones: createTombstones(models, zones.refresh),
      zones,
    }),
    prepare: { ...options, markChoices: createChoiceLists(models).mark },
    filterPrivacy: createPrivacyFilter(options),
  };

  async function fail(importId: string, failure: string): Promise<void> {
    if (await endImport(models, importId, { state: 'failed', failure })) metrics.imports.inc({ outcome: 'failed' });
  }

  async function run(found: ImportDocument, context: BackgroundContext): Promise<void> {
    const { _id } = found;
    if (found.attempts > MAX_ATTEMPTS)
      return fail(
        _id,
        `The import ended its worker ${MAX_ATTEMPTS} times at the same row. Undo it, and report the file.`,
      );
    await options.settings.load();
    try {
      await runImport(found, runOptions, context);
    } catch (error) {
      if (isOutage(error) || error instanceof ImportMoved) throw error;
      log.error({ err: error, importId: _id }, 'an import failed');
      await fail(_id, 'An internal error occurred; it has been logged.');
    }
  }

  async function undo(importId: string, context: BackgroundContext): Promise<void> {
    while (!context.isStopping()) {
      const startMs = performance.now();
      const chunk = { importId, limit: UNDO_CHUNK };
      const removed = await undoChunk(models, context.parts, options.forgetPhrases, chunk);
      metrics.importRows.inc({ outcome: 'removed' }, removed);
      if (removed === 0 && (await finishUndo(models, importId))) return metrics.imports.inc({ outcome: 'undone' });
      await context.pause(isBusy() ? context.pauseAfter(performance.now() - startMs) : 0);
    }
  }

  async function process(importId: string, worker: BackgroundContext): Promise<boolean> {
    let isYielding = false;
    const slice = setInterval(async () => {
      isYielding = (await imports.countWaiting().catch(() => 0)) > 0;
    }, sliceMs);
    const context = { ...worker, isStopping: () => isYielding || worker.isStopping() };
    metrics.importRunning.set(1);
    try {
      for (;;) {
        const found = await findImport(models, importId);
        if (found?.state === 'undoing') await undo(importId, context);
        else {
          const begun = await beginImport(models, importId);
          if (!begun) return true;
          await run(begun, context);
        }
        if (context.isStopping()) return false;
      }
    } finally {
      clearInterval(slice);
      metrics.importRunning.set(0);
    }
  }

  async function sweep(): Promise<void> {
    for (const id of await pendingImportIds(models)) await imports.request(id);
    await deleteOrphanFiles(models);
  }
  const sweeper = setInterval(() => void sweep().catch(() => {}), SWEEP_MS).unref();
  void sweep().catch(() => {});

  const worker = startBackgroundWorker<ImportJob>(options, {
    queue: IMPORT_QUEUE,
    dutyCycle: { share: options.share, maxPauseMs: MAX_PAUSE_MS },
    process: ({ importId }, _save, context) => process(importId, context),
  });
  return {
    close() {
      clearInterval(sweeper);
      return worker.close();
    },
  };
}
