import { randomBytes } from 'node:crypto';
import { mongo } from 'mongoose';
import type { Models } from '../database.ts';
import { type Position, positionAfter } from '../feedback/position.ts';
import { idsOf, insertAll } from '../mongodb/bulkWrites.ts';
import { isOutage } from '../mongodb/errors.ts';
import { inSnapshot } from '../mongodb/inSnapshot.ts';
import { inTransaction, type Transaction } from '../mongodb/inTransaction.ts';
import { decodeFloats, encodeBlock, IDS_PER_PART, partIds } from './encodeBlock.ts';
import { INDEXED_FIELDS, type Indexed } from './filterTerms.ts';
import {
  blocksIn,
  changeState,
  createDirectoryReader,
  type Directory,
  isForeign,
  readNotes,
} from './searchDirectory.ts';
import type { SearchBlockDocument } from './searchSchemas.ts';
import { isLongerThan, walkFeedback } from './walkFeedback.ts';

/** Sizes of blocks, in feedback. */
export interface BlockSizes {
  /** rows of a block if more follow */
  usual: number;
  /** max rows */
  max: number;
  /** feedback behind the last block that become a block */
  min: number;
  /** max characters of text: those of `usual` texts of 120 characters */
  characters: number;
}

const SIZES: BlockSizes = { usual: 4_096, max: 6_144, min: 256, characters: 500_000 };
/** Share of the sizes that is tried after a block could not be built, again and again. */
const SHRINK = 0.25;
/** Max notes applied in one transaction. */
const MAX_NOTES = { notes: 10_000, bytes: 4_000_000 };
const ONE_NOTE = { notes: 1, bytes: 1 };

/** Builds one block if one is due, of a share of the usual sizes. Returns how many feedback are in it. */
type Work = (directory: Directory, transaction: Transaction, share: number) => Promise<number | undefined>;

export interface IndexUpdate {
  /** Whether anything was done. If not, there is nothing to do for now. */
  isWorking: boolean;
  /** number of feedback put into blocks */
  indexed: number;
  /** Whether it applied notes: feedback is being stored or changed. */
  hasNotes: boolean;
}

/**
 * Updates the search index in steps. A step is two transactions, the first one only if there are notes:
 *
 * 1. Apply notes: mark the blocks that cover their times as changed, and delete the notes. Mark all blocks of another format.
 * 2. Build one block, in turn: of the first feedback behind the last block; in place of a marked block, whose rest becomes
 *    a marked block if it has grown too large; or in place of two small blocks.
 *
 * A block depends on the stored feedback alone, so a step that is interrupted or runs twice changes nothing. Steps of two
 * processes conflict, and one runs again. A note that commits during a step stays, and marks its block later. Where a block
 * cannot be built, smaller ones are tried, and the turn of the others comes.
 *
 * `erasedOnly`: only erased feedback is taken out of blocks.
 *
 * @throws MongoServerError during an outage; the next step does what this one did not
 */
export function createIndexUpdater(models: Models, sizes: BlockSizes = SIZES) {
  const readDirectory = createDirectoryReader(models);
  const works: readonly Work[] = [extend, renew, merge];
  /** Share of the sizes for the next block of a kind of work that failed. */
  const shares = new Map<Work, number>();
  let turn = 0;

  return async function update({ erasedOnly = false } = {}): Promise<IndexUpdate> {
    // Saves a quiet service the write that every transaction costs.
    const due = erasedOnly ? 'notes' : await findDue();
    if (!due) return { isWorking: false, indexed: 0, hasNotes: false };
    const hasNotes =
      due === 'notes' && (await inTransaction(models, (transaction) => applyNotes(erasedOnly, transaction)));
    const indexed = erasedOnly ? await buildBy([removeOne]) : await buildBy(nextWorks());
    return { isWorking: hasNotes || indexed !== undefined, indexed: indexed ?? 0, hasNotes };
  };

  /** Tells whether notes are to be applied first, or only a block to be built. Undefined: nothing is due. */
  function findDue(): Promise<'notes' | 'block' | undefined> {
    return inSnapshot(models, async ({ session: snapshot }) => {
      const directory = await readDirectory(snapshot);
      const { notes } = await readNotes(models, snapshot, ONE_NOTE);
      if (notes.length > 0 || isForeign(directory)) return 'notes';
      if (directory.blocks.some(({ isDirty }) => isDirty) || smallPairIn(directory) >= 0) return 'block';
      return (await isLongerThan(models, directory.end, sizes.min - 1, snapshot)) ? 'block' : undefined;
    });
  }

  /** The kinds of work in turn, even after a failure: none of them may wait until there is an end of the others. */
  function nextWorks(): Work[] {
    turn = (turn + 1) % works.length;
    return [...works.slice(turn), ...works.slice(0, turn)];
  }

  /**
   * Builds one block by the first kind of work that finds one. Returns how many feedback were put into it; undefined if
   * nothing is due. After a failure that is neither a conflict nor an outage, that kind of work builds smaller blocks.
   */
  async function buildBy(candidates: readonly Work[]): Promise<number | undefined> {
    let tried = candidates[0]!;
    try {
      const indexed = await inTransaction(models, async (transaction) => {
        const directory = await readDirectory(transaction);
        // Another process has just begun to build the index in its format: the next step marks these blocks.
        if (isForeign(directory)) return 0;
        for (tried of candidates) {
          const rows = await tried(directory, transaction, shares.get(tried) ?? 1);
          if (rows !== undefined) return rows;
        }
        return undefined;
      });
      if (indexed !== undefined) shares.delete(tried);
      return indexed;
    } catch (error) {
      if (!isOutage(error)) shares.set(tried, SHRINK * (shares.get(tried) ?? 1));
      throw error;
    }
  }

  /** Builds a block of the first feedback behind the last block. */
  async function extend({ end }: Directory, transaction: Transaction, share: number): Promise<number | undefined> {
    const isDue = await isLongerThan(models, end, sizes.min - 1, transaction);
    return isDue ? build(end, undefined, [], transaction, share) : undefined;
  }

  /** Builds a block again that is marked. */
  async function renew(directory: Directory, transaction: Transaction, share: number): Promise<number | undefined> {
    const dirty = directory.blocks.findIndex(({ isDirty }) => isDirty);
    return dirty >= 0 ? rebuild(directory, dirty, 1, transaction, share) : undefined;
  }

  /** Builds one block in place of two small ones. */
  async function merge(directory: Directory, transaction: Transaction, share: number): Promise<number | undefined> {
    const first = smallPairIn(directory);
    return first >= 0 ? rebuild(directory, first, 2, transaction, share) : undefined;
  }

  /** Builds a block again that names erased feedback. */
  async function removeOne(directory: Directory, transaction: Transaction, share: number): Promise<number | undefined> {
    const erased = directory.blocks.findIndex(({ isErased }) => isErased);
    return erased >= 0 ? rebuild(directory, erased, 1, transaction, share) : undefined;
  }

  /** Marks the blocks that notes name, and all if they are of another format. Returns whether there were notes. */
  async function applyNotes(erasedOnly: boolean, transaction: Transaction): Promise<boolean> {
    const directory = await readDirectory(transaction);
    const { notes } = await readNotes(models, transaction, MAX_NOTES, erasedOnly);
    const touched = { dirty: new Set<string>(), erased: new Set<string>() };
    if (isForeign(directory)) for (const { _id } of directory.blocks) touched.dirty.add(_id);
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
    if (notes.length > 0)
      await models.searchNotes.collection.deleteMany(
        { _id: { $in: idsOf(notes) as never[] } },
        { session: transaction },
      );
    const hasChanged = touched.dirty.size + touched.erased.size > 0;
    if (hasChanged || notes.length > 0) await changeState(models, { hasChanged }, transaction);
    return notes.length > 0;
  }

  /** Replaces some blocks, which follow one another, by one or two. Returns how many feedback they hold. */
  async function rebuild(
    { blocks, end }: Directory,
    first: number,
    count: number,
    transaction: Transaction,
    share: number,
  ): Promise<number> {
    const replaced = blocks.slice(first, first + count);
    return build(replaced[0]!.from, blocks[first + count]?.from ?? end, replaced, transaction, share);
  }

  /** Builds a block of the feedback from a position up to another one, in place of others. */
  async function build(
    start: Position,
    to: Position | undefined,
    replaced: readonly SearchBlockDocument[],
    transaction: Transaction,
    share: number,
  ): Promise<number> {
    const { feedback, isWhole, isFull } = await readBlock(start, to, transaction, share);
    const _id = randomBytes(9).toString('base64url');
    const { buckets, parts } = await encodeBlock(_id, feedback);
    const block = { _id, from: start, rows: feedback.length, isDirty: false, ...(isFull && { isFull }), buckets };
    const next = feedback.length > 0 ? positionAfter(feedback.at(-1)!) : start;
    const rest = { _id: `${_id}+`, from: next, rows: 0, isDirty: true, buckets: [] };
    await insertAll(models.searchBlocks, to && !isWhole ? [block, rest] : [block], transaction);
    await insertAll(models.searchParts, parts, transaction, mongo.BSON.calculateObjectSize);
    await remove(replaced, transaction);
    await changeState(models, { hasChanged: true, ...(!to && { end: next }) }, transaction);
    return feedback.length;
  }

  /** Reads the feedback of one block, from a position up to another one. `isWhole`: these are all of them. */
  async function readBlock(start: Position, to: Position | undefined, transaction: Transaction, share: number) {
    const [usual, max] = [Math.ceil(sizes.usual * share), Math.ceil(sizes.max * share)];
    const feedback: Indexed[] = [];
    let characters = 0;
    for await (const document of walkFeedback(models, { from: start, to }, transaction, {
      projection: INDEXED_FIELDS,
      limit: max + 1,
    })) {
      characters += document.improvements?.length ?? 0;
      if (characters > sizes.characters * share && feedback.length > 0)
        return { feedback, isWhole: false, isFull: true };
      feedback.push(document);
    }
    // A block that was made small is not merged with others.
    const isFull = share < 1;
    if (feedback.length <= max) return { feedback, isWhole: true, isFull };
    return { feedback: feedback.slice(0, usual), isWhole: false, isFull };
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

  /** The number of the last block that makes a usual one with the next. Doubling sizes merge a feedback few times. */
  function smallPairIn({ blocks }: Directory): number {
    return blocks.findLastIndex(({ rows, isDirty, isFull }, index) => {
      const next = blocks[index + 1];
      if (!next || isDirty || next.isDirty || isFull || next.isFull) return false;
      return rows <= 2 * next.rows && rows + next.rows <= sizes.usual;
    });
  }
}

export type IndexUpdater = ReturnType<typeof createIndexUpdater>;

/** Takes erased feedback out of the index. Returns once none of it is left; false if it stopped before. */
export async function removeErased(
  update: IndexUpdater,
  {
    isStopping,
    pauseAfter,
    pause,
  }: { isStopping(): boolean; pauseAfter(tookMs: number): number; pause(ms: number): Promise<void> },
): Promise<boolean> {
  while (!isStopping()) {
    const startMs = performance.now();
    if (!(await update({ erasedOnly: true })).isWorking) return true;
    await pause(pauseAfter(performance.now() - startMs));
  }
  return false;
}
