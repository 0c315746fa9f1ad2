import { LRUCache } from 'lru-cache';
import type { Models } from '../database.ts';
import { readIn } from '../mongodb/inSnapshot.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { type Bucket, blockOf, decodeBucket, decodeFloats } from './encodeBlock.ts';
import type { SearchPartDocument } from './searchSchemas.ts';

/** A part of a block, decoded. Which of these it has depends on its `_id`. */
export interface Part {
  bucket?: Bucket;
  ids?: readonly string[];
  times?: Float64Array;
}

/** Max bytes of decoded parts that a process keeps. A part never changes. */
const CACHE_BYTES = 32 * 1024 * 1024;
/** Bytes that a text takes in memory besides its characters. */
const TEXT_BYTES = 32;

/** Reads parts of blocks, and keeps those that were used last. */
export function createPartReader({ searchParts }: Models) {
  const cache = new LRUCache<string, Part>({ maxSize: CACHE_BYTES, sizeCalculation: bytesOf });

  /** @throws Error if a part is missing, which the snapshot rules out */
  async function read(ids: Iterable<string>, session: Transaction): Promise<ReadonlyMap<string, Part>> {
    const parts = new Map<string, Part>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const known = cache.get(id);
      if (known) parts.set(id, known);
      else missing.push(id);
    }
    if (missing.length > 0) {
      const found = await searchParts.collection
        .find<SearchPartDocument>(
          { _id: { $in: missing as never[] } },
          { ...readIn(session), batchSize: missing.length + 1 },
        )
        .toArray();
      for (const document of found) {
        const part = decode(document);
        parts.set(document._id, part);
        cache.set(document._id, part);
      }
      if (found.length < missing.length) throw new Error('the search index lacks a part of a block');
    }
    return parts;
  }

  return {
    read,
    /** Drops the parts of all other blocks. Feedback in them may have been erased. */
    keep(blocks: ReadonlySet<string>): void {
      for (const id of cache.keys()) if (!blocks.has(blockOf(id))) cache.delete(id);
    },
  };
}

function decode(document: SearchPartDocument): Part {
  if (document.ids) return { ids: document.ids };
  if (document.times) return { times: decodeFloats(document.times) };
  return { bucket: decodeBucket(document) };
}

function bytesOf({ bucket, ids, times }: Part): number {
  const texts = ids ?? bucket?.terms ?? [];
  const characters = texts.reduce((sum, text) => sum + text.length + TEXT_BYTES, 0);
  return (
    64 + characters + (times?.byteLength ?? 0) + (bucket ? bucket.starts.byteLength + bucket.postings.byteLength : 0)
  );
}
