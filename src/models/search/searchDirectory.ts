import type { mongo } from 'mongoose';
import type { Models } from '../database.ts';
import { comparePositions, type Position, START } from '../feedback/position.ts';
import { readIn } from '../mongodb/inSnapshot.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { SEARCH_INDEX } from '../mongodb/internalState.ts';
import type { SearchBlockDocument, SearchNoteDocument } from './searchSchemas.ts';

/** The state of the index, in the document `SEARCH_INDEX`. */
interface IndexState {
  /** end of the index (exclusive): what is later is in no block */
  end: Position;
  /** changes with the blocks */
  version: number;
}

/** The blocks of the index in the order of time, without a gap, as of one moment. */
export interface Directory extends IndexState {
  blocks: readonly SearchBlockDocument[];
}

/** Reads the directory in a transaction or snapshot. Unchanged blocks are read once. */
export function createDirectoryReader({ searchBlocks, internalState }: Models) {
  let known: Directory | undefined;

  return async (session: Transaction): Promise<Directory> => {
    const found = await internalState.collection.findOne({ _id: SEARCH_INDEX as never }, readIn(session));
    const { end = START, version = 0 } = (found?.value ?? {}) as Partial<IndexState>;
    if (known?.version === version) return known;
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
    known = { end, version, blocks };
    return known;
  };
}

export type DirectoryReader = ReturnType<typeof createDirectoryReader>;

/** Reads the notes that are not applied yet, in a transaction or snapshot. */
export function readNotes(
  { searchNotes }: Models,
  session: Transaction,
  { limit = 0, erasedOnly = false } = {},
): Promise<SearchNoteDocument[]> {
  return searchNotes.collection
    .find<SearchNoteDocument>(erasedOnly ? { isErasure: true } : {}, { ...readIn(session), limit })
    .toArray();
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
      ...(change.end && { $set: { 'value.end': change.end } }),
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
