import { createHash } from 'node:crypto';
import { recordAuditEvent } from '../audit/auditLog.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { idsOf } from '../mongodb/bulkWrites.ts';
import { isDuplicate } from '../mongodb/errors.ts';
import { inTransaction } from '../mongodb/inTransaction.ts';
import { deleteImportFile } from './importFiles.ts';
import { type ImportDocument, type ImportState, NOTHING_READ, PENDING_STATES } from './importSchema.ts';

export type NewImport = Pick<
  ImportDocument,
  '_id' | 'orgId' | 'fileName' | 'bytes' | 'sha256' | 'fileOptions' | 'mapping' | 'mappingName' | 'key' | 'actor'
> & {
  /** whether the same file may be imported once more */
  again: boolean;
  createdAt: Date;
};

/** More imports of the org are waiting than its limit allows. */
export class TooManyWaiting extends Error {
  override name = 'TooManyWaiting';
}

/**
 * Stores an import whose file is stored, and an audit event. Workers find it by themselves, so it runs even if its job is
 * lost.
 *
 * @returns the new import; or, if the same file was imported with the same mapping, that one, as `former`
 * @throws TooManyWaiting if `maxWaiting` imports of the org are unfinished
 */
export async function createImport(
  models: Models,
  { again, ...given }: NewImport,
  maxWaiting: number,
): Promise<{ created: ImportDocument; former?: never } | { created?: never; former: ImportDocument }> {
  const fingerprint = fingerprintOf(given);
  const former = await models.imports.findOne({ fingerprint }).lean<ImportDocument | null>();
  // A request that is repeated under its key is answered with its import, whether or not the first asked for `again`.
  if (former && !again) return { former };
  const repeated = given.key !== null && (await findRepeated(models, given));
  if (repeated) return { former: repeated };
  const waiting = await models.imports.countDocuments({ orgId: given.orgId, state: { $in: ['queued', 'running'] } });
  if (waiting >= maxWaiting) throw new TooManyWaiting(`${waiting} imports of this org are waiting`);

  const created: ImportDocument = {
    ...given,
    ...(!again && { fingerprint }),
    state: 'queued',
    startedAt: null,
    finishedAt: null,
    counts: NOTHING_READ,
    bytesRead: 0,
    elapsedMs: 0,
    attempts: 0,
    removed: 0,
    failure: null,
  };
  const { _id, orgId, actor, bytes, sha256 } = created;
  try {
    await inTransaction(models, async (transaction) => {
      await models.imports.create([created], { session: transaction });
      const event = { actor, action: 'import.create', target: _id, orgId, details: { bytes, sha256 } };
      await recordAuditEvent(models, event, transaction);
    });
  } catch (error) {
    // The same file, sent twice at once.
    const other = isDuplicate(error) && (await models.imports.findOne({ fingerprint }).lean<ImportDocument | null>());
    if (!other) throw error;
    return { former: other };
  }
  return { created };
}

/** The import that an earlier request with the same key, file and mapping created. */
function findRepeated(models: Models, { orgId, key, sha256, mapping }: Omit<NewImport, 'again'>) {
  const states = ['queued', 'running', 'done'] satisfies ImportState[];
  return models.imports
    .findOne({ orgId, key, sha256, mapping, state: { $in: states } })
    .sort({ _id: -1 })
    .lean<ImportDocument | null>();
}

function fingerprintOf({ orgId, sha256, mapping, fileOptions }: Omit<NewImport, 'again'>): string {
  return createHash('sha256')
    .update(JSON.stringify([orgId, sha256, mapping, fileOptions]))
    .digest('base64url');
}

export function findImport(models: Models, id: string): Promise<ImportDocument | null> {
  return models.imports.findById(id).lean<ImportDocument | null>();
}

/** Imports, newest first. `orgId` restricts them to those of an org. */
export function listImports(
  models: Models,
  { orgId, limit, after }: { orgId: string | undefined; limit: number; after?: string | undefined },
): Promise<ImportDocument[]> {
  const filter = { ...(orgId !== undefined && { orgId }), ...(after !== undefined && { _id: { $lt: after } }) };
  return models.imports.find(filter).sort({ _id: -1 }).limit(limit).lean<ImportDocument[]>();
}

/** Ids of the imports that a worker has something to do for, oldest first, 1,000 at most. */
export async function pendingImportIds(models: Models): Promise<string[]> {
  const found = await models.imports
    .find({ state: { $in: PENDING_STATES } }, { _id: 1 })
    .sort({ _id: 1 })
    .limit(1_000)
    .lean();
  return idsOf(found);
}

/** Number of pending imports, by state. */
export async function countPendingImports(models: Models): Promise<Map<ImportState, number>> {
  const counts = await Promise.all(
    PENDING_STATES.map(async (state) => [state, await models.imports.countDocuments({ state })] as const),
  );
  return new Map(counts);
}

/**
 * Counts another run of an import, which is running from now on. A run that makes progress resets the number.
 *
 * @returns the import; null if there is nothing to read: it was undone or erased
 */
export function beginImport(models: Models, id: string): Promise<ImportDocument | null> {
  return models.imports
    .findOneAndUpdate(
      { _id: id, state: { $in: ['queued', 'running'] } },
      [
        {
          $set: {
            state: 'running',
            attempts: { $add: ['$attempts', 1] },
            startedAt: { $ifNull: ['$startedAt', '$$NOW'] },
          },
        },
      ],
      { returnDocument: 'after', updatePipeline: true },
    )
    .lean<ImportDocument | null>();
}

/**
 * Ends an import whose rows are all settled, or that cannot go on, and deletes its file. One that stored nothing may be
 * sent again. Does nothing if it is no longer running.
 *
 * @returns whether it ended here
 */
export async function endImport(
  models: Models,
  id: string,
  end: { state: 'done' } | { state: 'failed'; failure: string },
): Promise<boolean> {
  const ended = await models.imports
    .findOneAndUpdate({ _id: id, state: 'running' }, { ...end, finishedAt: new Date() }, { returnDocument: 'after' })
    .lean<ImportDocument | null>();
  if (!ended) return false;
  if (ended.state === 'failed' && ended.counts.stored === 0)
    await models.imports.updateOne({ _id: id }, { $unset: { fingerprint: '' } });
  await deleteImportFile(models, id);
  return true;
}

/**
 * Requests an undo, with an audit event: the import stops, and workers take back what it stored. Calling it again does
 * nothing. A transaction that stores rows of the import has ended when this resolves, or stores nothing, since it writes
 * to the import, too.
 *
 * @returns the import, or null if there is none
 */
export async function requestUndo(models: Models, id: string, actor: Actor): Promise<ImportDocument | null> {
  await inTransaction(models, async (transaction) => {
    const undone = await models.imports
      .findOneAndUpdate(
        { _id: id, state: { $nin: ['undoing', 'undone'] } },
        { $set: { state: 'undoing', finishedAt: null }, $unset: { fingerprint: '' } },
        { session: transaction },
      )
      .lean<ImportDocument | null>();
    if (!undone) return;
    const event = { actor, action: 'import.undo', target: id, orgId: undone.orgId };
    await recordAuditEvent(models, event, transaction);
  });
  return findImport(models, id);
}
