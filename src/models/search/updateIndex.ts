import { randomBytes } from 'node:crypto';
import type { Models } from '../database.ts';
import { comparePositions, type Position, positionAfter } from '../feedback/position.ts';
import { idsOf, insertAll } from '../mongodb/bulkWrites.ts';
import { inSnapshot, readIn } from '../mongodb/inSnapshot.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { decodeFloats, encodeBlock, IDS_PER_PART, partIds } from './encodeBlock.ts';
import { INDEXED_FIELDS, type Indexed } from './filterTerms.ts';
import { blocksIn, changeState, createDirectoryReader, type Directory, readNotes } from './searchDirectory.ts';
import type { SearchBlockDocument } from './searchSchemas.ts';

/** Sizes of blocks, in feedback. */
export interface BlockSizes {
  /** rows of a block if more follow */
  usual: number;
  /** max rows */
  max: number;
  /** feedback behind the last block from which on a quiet service makes a block of them */
  min: number;
}

const SIZES: BlockSizes = { usual: 4_096, max: 6_144, min: 256 };
/** Max characters of text in a block. Texts of usual length take a tenth. */
const MAX_CHARACTERS = 2_000_000;
/** Max notes applied in one transaction. */
const MAX_NOTES = 1_000;
/** Feedback is put into a new block at this age: by then, most of its time is stored. */
const MIN_AGE_MS = 2_000;
const BY_TIME = { createdAt: 1, _id: 1 } as const;

export interface IndexUpdate {
  /** Whether anything was done. If not, there is nothing to do for now. */
  isWorking: boolean;
  /** number of feedback put into blocks */
  indexed: number;
}

export interface UpdateOptions {
  /** feedback arrives: only whole blocks are built behind the last one */
  isBusy?: boolean;
  /** only feedback that was erased is taken out of blocks */
  erasedOnly?: boolean;
}

/**
 * Updates the search index in steps. A step is one transaction, and does the first of these that is due:
 *
 * 1. Apply notes: mark the blocks that cover their times as changed, and delete the notes.
 * 2. Build a block of the first feedback behind the last block.
 * 3. Build a block that is marked anew, from the feedback that is stored. If it has grown too large, the rest becomes
 *    a marked block.
 * 4. Merge the last two blocks, if they are small.
 *
 * A block depends on the stored feedback alone, so a step that is interrupted or runs twice changes nothing. Steps of two
 * processes conflict, and one runs again. A note that commits during a step stays, and marks its block later.
 *
 * @throws MongoServerError during an outage; the next step does what this one did not
 */
export function createIndexUpdater(models: Models, sizes: BlockSizes = SIZES) {
  const readDirectory = createDirectoryReader(models);

  return async function update({ isBusy = false, erasedOnly = false }: UpdateOptions = {}): Promise<IndexUpdate> {
    // Saves a quiet service the write that every transaction costs.
    if (!erasedOnly && !(await isDue(isBusy))) return { isWorking: false, indexed: 0 };
    return inTransaction(models, async (transaction) => {
      const directory = await readDirectory(transaction);
      if (await applyNotes(directory, erasedOnly, transaction)) return { isWorking: true, indexed: 0 };
      const { blocks, end } = directory;
      if (!erasedOnly && (await isLongerThan(end, isBusy ? sizes.max : sizes.min - 1, transaction)))
        return built(await build(end, undefined, [], transaction));
      const erased = blocks.findIndex(({ isErased }) => isErased);
      const dirty = erased >= 0 || erasedOnly ? erased : blocks.findIndex(({ isDirty }) => isDirty);
      if (dirty >= 0) return built(await rebuild(directory, dirty, 1, transaction));
      if (!erasedOnly && !isBusy && hasSmallEnd(directory))
        return built(await rebuild(directory, blocks.length - 2, 2, transaction));
      return { isWorking: false, indexed: 0 };
    });
  };

  function isDue(isBusy: boolean): Promise<boolean> {
    return inSnapshot(models, async (snapshot) => {
      if ((await readNotes(models, snapshot, { limit: 1 })).length > 0) return true;
      const directory = await readDirectory(snapshot);
      if (directory.blocks.some(({ isDirty }) => isDirty) || (!isBusy && hasSmallEnd(directory))) return true;
      return isLongerThan(directory.end, isBusy ? sizes.max : sizes.min - 1, snapshot);
    });
  }

  /** Marks what notes name. False without notes. */
  async function applyNotes(directory: Directory, erasedOnly: boolean, transaction: Transaction): Promise<boolean> {
    const notes = await readNotes(models, transaction, { limit: MAX_NOTES, erasedOnly });
    if (notes.length === 0) return false;
    const touched = { dirty: new Set<string>(), erased: new Set<string>() };
    for (const { spans, isErasure } of notes)
      for (const index of blocksIn(directory, decodeFloats(spans)))
        touched[isErasure ? 'erased' : 'dirty'].add(directory.blocks[index]!._id);
    for (const [name, ids] of Object.entries(touched))
      if (ids.size > 0)
        await models.searchBlocks.collection.updateMany(
          { _id: { $in: [...ids] as never[] } },
          { $set: { isDirty: true, ...(name === 'erased' && { isErased: true }) } },
          { session: transaction },
        );
    await models.searchNotes.collection.deleteMany({ _id: { $in: idsOf(notes) as never[] } }, { session: transaction });
    const hasChanged = touched.dirty.size + touched.erased.size > 0;
    await changeState(models, { hasChanged }, transaction);
    return true;
  }

  /** Whether more than `count` feedback of some age are stored from a position on. */
  async function isLongerThan(from: Position, count: number, transaction: Transaction): Promise<boolean> {
    const found = await walk(from, undefined, transaction, { projection: BY_TIME, skip: count, limit: 1 });
    return found.length > 0;
  }

  /** Reads feedback from a position up to another one; without it, up to those that are too new for a block. */
  function walk(
    from: Position,
    to: Position | undefined,
    session: Transaction,
    options: { projection: Record<string, unknown>; skip?: number; limit: number },
  ): Promise<Indexed[]> {
    const max = to ?? { createdAt: new Date(Date.now() - MIN_AGE_MS), id: '' };
    if (comparePositions(max, from) <= 0) return Promise.resolve([]);
    return models.feedback.collection
      .find<Indexed>(
        {},
        {
          ...options,
          ...readIn(session),
          hint: BY_TIME,
          sort: BY_TIME,
          min: { createdAt: from.createdAt, _id: from.id },
          max: { createdAt: max.createdAt, _id: max.id },
          batchSize: sizes.max + 1,
        },
      )
      .toArray();
  }

  /** Replaces some blocks, which follow one another, by one or two. Returns how many feedback they hold. */
  async function rebuild({ blocks, end }: Directory, first: number, count: number, transaction: Transaction) {
    const replaced = blocks.slice(first, first + count);
    return build(replaced[0]!.from, blocks[first + count]?.from ?? end, replaced, transaction);
  }

  /** Builds a block of the feedback from a position up to another one, in place of others. */
  async function build(
    start: Position,
    to: Position | undefined,
    replaced: readonly SearchBlockDocument[],
    transaction: Transaction,
  ): Promise<number> {
    const found = await walk(start, to, transaction, { projection: INDEXED_FIELDS, limit: sizes.max + 1 });
    const feedback = found.slice(0, rowsOf(found));
    const isWhole = feedback.length === found.length;
    const _id = randomBytes(9).toString('base64url');
    const { buckets, parts } = await encodeBlock(_id, feedback);
    const block = { _id, from: start, rows: feedback.length, isDirty: false, buckets };
    const next = feedback.length > 0 ? positionAfter(feedback.at(-1)!) : start;
    const rest = { _id: `${_id}+`, from: next, rows: 0, isDirty: true, buckets: [] };
    await insertAll(models.searchBlocks, to && !isWhole ? [block, rest] : [block], transaction);
    await insertAll(models.searchParts, parts, transaction);
    await remove(replaced, transaction);
    await changeState(models, { hasChanged: true, ...(!to && { end: next }) }, transaction);
    return feedback.length;
  }

  /** The number of found feedback that one block takes. */
  function rowsOf(found: readonly Indexed[]): number {
    const max = found.length > sizes.max ? sizes.usual : found.length;
    let characters = 0;
    for (let row = 0; row < max; row++) {
      characters += found[row]!.improvements?.length ?? 0;
      if (characters > MAX_CHARACTERS && row > 0) return row;
    }
    return max;
  }

  async function remove(blocks: readonly SearchBlockDocument[], session: Transaction): Promise<void> {
    const ids = blocks.flatMap(({ _id, buckets, rows }) => [
      partIds.times(_id),
      ...buckets.map((_, index) => partIds.bucket(_id, index)),
      ...Array.from({ length: Math.ceil(rows / IDS_PER_PART) }, (_, index) => partIds.ids(_id, index)),
    ]);
    if (blocks.length === 0) return;
    await models.searchParts.collection.deleteMany({ _id: { $in: ids as never[] } }, { session });
    await models.searchBlocks.collection.deleteMany({ _id: { $in: idsOf(blocks) as never[] } }, { session });
  }

  /** Whether the last two blocks together are a small one. Doubling sizes put each feedback into few blocks in turn. */
  function hasSmallEnd({ blocks }: Directory): boolean {
    const [before, last] = blocks.slice(-2) as (SearchBlockDocument | undefined)[];
    return before && last ? before.rows <= 2 * last.rows && before.rows + last.rows <= sizes.usual : false;
  }
}

const built = (indexed: number): IndexUpdate => ({ isWorking: true, indexed });

export type IndexUpdater = ReturnType<typeof createIndexUpdater>;

/** Takes erased feedback out of the index. Returns once none of it is left. */
export async function removeErased(update: IndexUpdater): Promise<void> {
  while ((await update({ erasedOnly: true })).isWorking);
}
