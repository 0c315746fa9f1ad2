import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import mongoose from 'mongoose';
import { v7 as uuidv7 } from 'uuid';
import type { Models } from '../database.ts';

const BUCKET = 'import_files';
/** Bytes of a file in one document. */
const CHUNK_BYTES = 1024 * 1024;
/** Uploads take minutes at most, so an older file without an import is left over from a lost process. */
const ORPHAN_AGE_MS = 60 * 60_000;

function bucketOf({ connection }: Models) {
  if (!connection.db) throw new mongoose.mongo.MongoNotConnectedError('MongoDB is away');
  return new mongoose.mongo.GridFSBucket(connection.db, { bucketName: BUCKET, chunkSizeBytes: CHUNK_BYTES });
}

// GridFS is typed for ObjectIds and takes any id.
const asFileId = (id: string) => id as never;

/**
 * Stores a file under the id of its import. Resolves when MongoDB has all of it on disk, and stores nothing if the source
 * fails.
 */
export async function writeImportFile(
  models: Models,
  id: string,
  source: AsyncIterable<Buffer>,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const upload = bucketOf(models).openUploadStreamWithId(asFileId(id), id);
  try {
    await pipeline(async function* () {
      for await (const chunk of source) {
        bytes += chunk.length;
        hash.update(chunk);
        yield chunk;
      }
    }, upload);
  } catch (error) {
    await deleteImportFile(models, id).catch(() => {});
    throw error;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Reads the file of an import from its start. */
export function readImportFile(models: Models, id: string): AsyncIterable<Buffer> {
  return bucketOf(models).openDownloadStream(asFileId(id)) as AsyncIterable<Buffer>;
}

/** Deletes the file of an import, with what an upload that ended early left. Calling it again deletes nothing. */
export async function deleteImportFile(models: Models, id: string): Promise<void> {
  const { files, chunks } = collectionsOf(models);
  await files.deleteMany({ _id: asFileId(id) });
  await chunks.deleteMany({ files_id: id });
}

/** Deletes the files that no import needs any more. Returns how many. */
export async function deleteOrphanFiles(models: Models, nowMs = Date.now()): Promise<number> {
  const { files, chunks } = collectionsOf(models);
  const ids = new Set<string>([
    ...(await files.distinct('_id')).map(String),
    ...(await chunks.distinct('files_id')).map(String),
  ]);
  if (ids.size === 0) return 0;
  const imports = await models.imports.find({ _id: { $in: [...ids] } }, { state: 1 }).lean();
  const states = new Map(imports.map(({ _id, state }) => [_id, state]));
  const oldest = uuidv7({ msecs: nowMs - ORPHAN_AGE_MS });
  const orphans = [...ids].filter((id) => {
    const state = states.get(id);
    return state === undefined ? id < oldest : state !== 'queued' && state !== 'running';
  });
  for (const id of orphans) await deleteImportFile(models, id);
  return orphans.length;
}

function collectionsOf({ connection }: Models) {
  return {
    files: connection.collection(`${BUCKET}.files`),
    chunks: connection.collection(`${BUCKET}.chunks`),
  };
}
