import { randomBytes } from 'node:crypto';
import type { mongo } from 'mongoose';
import type { Models } from '../database.ts';
import { comparePositions, type Position, START } from '../feedback/position.ts';
import { readIn } from '../mongodb/inSnapshot.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { SEARCH_INDEX } from '../mongodb/internalState.ts';
import { INDEX_FORMAT } from './encodeBlock.ts';
import type { SearchBlockDocument, SearchNoteDocument } from './searchSchemas.ts';

/** The state of the index, in the document `SEARCH_INDEX`. */
interface IndexState {
  /** end of the index (exclusive): what is later is in no block */
  end: Position;
  /** rises with each change of the blocks */
  version: number;
  /** changes with the blocks; random, since a version that was lost in a failover comes again with other blocks */
  token: string | undefined;
  /** `INDEX_FORMAT` as of the last change */
  format: string | undefined;
}

/** The blocks of the index in the order of time, without a gap, as of one moment. */
export interface Directory extends IndexState {
  blocks: readonly SearchBlockDocument[];
}

/** Max notes and max bytes of spans that are read at once. A note has 16 bytes if its feedback are of one time, else up to 16 kB. */
interface NoteLimits {
  notes: number;
  bytes: number;
}

/** Notes read in one batch of MongoDB. */
const NOTE_BATCH = 1_000;

/** Reads the directory in a transaction or snapshot. Unchanged blocks are read once. */
export function createDirectoryReader({ searchBlocks, internalState }: Models) {
  let known: Directory | undefined;

  return async (session: Transaction): Promise<Directory> => {
    const found = await internalState.collection.findOne({ _id: SEARCH_INDEX as never }, readIn(session));
    const { end = START, version = 0, token, format } = (found?.value ?? {}) as Partial<IndexState>;
    if (known?.version === version && known.token === token) return known;
    const cached = new Map(known?.blocks.map((block) => [block._id, block]));
    const marks = await searchBlocks.collection
      .find<Pick<SearchBlockDocument, '_id' | 'isDirty' | 'isErased'>>(
        {},
        { ...readIn(session), projection: { isDirty: 1, isErased: 1 } },
      )
      .toArray();
    const missing = marks.filter(({ _id }) => !cached.has(_id)).map(({ _id }) => _id);
    const read =
      missing.length === 0
        ? []
        : await searchBlocks.collection
            .find<SearchBlockDocument>({ _id: { $in: missing as never[] } }, readIn(session))
            .toArray();
    for (const block of read) cached.set(block._id, block);
    const blocks = marks
      .map((mark) => ({ ...cached.get(mark._id)!, ...mark }))
      .sort((a, b) => comparePositions(a.from, b.from));
    known = { end, version, token, format, blocks };
    return known;
  };
}

export type DirectoryReader = ReturnType<typeof createDirectoryReader>;

/** Whether blocks hold other terms than this process looks for. */
export const isForeign = ({ blocks, format }: Directory) => blocks.length > 0 && format !== INDEX_FORMAT;

/** Reads notes that are not applied yet, in a transaction or snapshot, one at least. `isAll`: there are no others. */
export async function readNotes(
  { searchNotes }: Models,
  session: Transaction,
  max: NoteLimits,
  erasedOnly = false,
): Promise<{ notes: SearchNoteDocument[]; isAll: boolean }> {
  const notes: SearchNoteDocument[] = [];
  const found = searchNotes.collection.find<SearchNoteDocument>(erasedOnly ? { isErasure: true } : {}, {
    ...readIn(session),
    limit: max.notes + 1,
    batchSize: NOTE_BATCH,
  });
  let bytes = 0;
  for await (const note of found) {
    if (notes.length >= max.notes || bytes >= max.bytes) return { notes, isAll: false };
    notes.push(note);
    bytes += note.spans.length();
  }
  return { notes, isAll: true };
}

/** Changes the state of the index in a transaction, so that each change of the index conflicts with all others. */
export async function changeState(
  { internalState }: Models,
  change: { end?: Position; hasChanged: boolean },
  session: Transaction,
): Promise<void> {
  await internalState.collection.updateOne(
    { _id: SEARCH_INDEX as never },
    {
      $inc: { 'value.changes': 1, ...(change.hasChanged && { 'value.version': 1 }) },
      $set: {
        'value.format': INDEX_FORMAT,
        ...(change.hasChanged && { 'value.token': randomBytes(9).toString('base64url') }),
        ...(change.end && { 'value.end': change.end }),
      },
    } as mongo.UpdateFilter<mongo.Document>,
    { session, upsert: true },
  );
}

/** The numbers of the blocks that hold feedback of some spans of time: pairs of the first and last time in ms. */
export function blocksIn({ blocks, end }: Directory, spans: Float64Array): Set<number> {
  const touched = new Set<number>();
  const lastMs = end.createdAt.getTime();
  for (let pair = 0; pair < spans.length; pair += 2) {
    const [first, last] = [spans[pair]!, spans[pair + 1]!];
    if (first > lastMs) continue;
    for (let index = lastStartBefore(blocks, first); index < blocks.length; index++) {
      if (index > 0 && blocks[index]!.from.createdAt.getTime() > last) break;
      touched.add(index);
    }
  }
  return touched;
}

/** The number of the first block that may hold feedback of a time: the last one that starts before it. */
function lastStartBefore(blocks: Directory['blocks'], timeMs: number): number {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle]!.from.createdAt.getTime() < timeMs) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
