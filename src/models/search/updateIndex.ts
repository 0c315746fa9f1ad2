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
  /** feedback behind the last block that become a block */
  min: number;
  /** max characters of text; texts of usual length take a tenth */
  characters: number;
}

const SIZES: BlockSizes = { usual: 4_096, max: 6_144, min: 256, characters: 2_000_000 };
/** Feedback read at once. Texts may be long. */
const READ_BATCH = 500;
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
  /** Whether it applied notes: feedback is being stored or changed. */
  hasNotes: boolean;
}

/**
 * Updates the search index in steps. A step is one transaction:
 *
 * 1. Apply notes: mark the blocks that cover their times as changed, and delete the notes.
 * 2. Build one block, in turn: of the first feedback behind the last block; in place of a marked block, whose rest becomes
 *    a marked block if it has grown too large; or in place of two small blocks.
 *
 * A block depends on the stored feedback alone, so a step that is interrupted or runs twice changes nothing. Steps of two
 * processes conflict, and one runs again. A note that commits during a step stays, and marks its block later.
 *
 * `erasedOnly`: only erased feedback is taken out of blocks.
 *
 * @throws MongoServerError during an outage; the next step does what this one did not
 */
export function createIndexUpdater(models: Models, sizes: BlockSizes = SIZES) {
  const readDirectory = createDirectoryReader(models);
  const works = [extend, renew, merge];
  let turn = 0;

  return async function update({ erasedOnly = false } = {}): Promise<IndexUpdate> {
    // Saves a quiet service the write that every transaction costs.
    if (!erasedOnly && !(await isDue())) return { isWorking: false, indexed: 0, hasNotes: false };
    return inTransaction(models, async (transaction) => {
      const { hasNotes, ...directory } = await applyNotes(await readDirectory(transaction), erasedOnly, transaction);
      const indexed = erasedOnly ? await removeOne(directory, transaction) : await buildOne(directory, transaction);
      return { isWorking: hasNotes || indexed !== undefined, indexed: indexed ?? 0, hasNotes };
    });
  };

  function isDue(): Promise<boolean> {
    return inSnapshot(models, async ({ session: snapshot }) => {
      if ((await readNotes(models, snapshot, { limit: 1 })).length > 0) return true;
      const directory = await readDirectory(snapshot);
      if (directory.blocks.some(({ isDirty }) => isDirty) || smallPairIn(directory) >= 0) return true;
      return isLongerThan(directory.end, sizes.min - 1, snapshot);
    });
  }

  /** Does what is due next. Returns how many feedback were put into a block; undefined if nothing is due. */
  async function buildOne(directory: Directory, transaction: Transaction): Promise<number | undefined> {
    // In turn: none of these may wait until there is an end of the others.
    for (let index = 0; index < works.length; index++) {
      const indexed = await works[(turn + index) % works.length]!(directory, transaction);
      if (indexed === undefined) continue;
      turn++;
      return indexed;
    }
    return undefined;
  }

  /** Builds a block of the first feedback behind the last block. */
  async function extend({ end }: Directory, transaction: Transaction): Promise<number | undefined> {
    const isDue = await isLongerThan(end, sizes.min - 1, transaction);
    return isDue ? build(end, undefined, [], transaction) : undefined;
  }

  /** Builds a block again that is marked. */
  async function renew(directory: Directory, transaction: Transaction): Promise<number | undefined> {
    const dirty = directory.blocks.findIndex(({ isDirty }) => isDirty);
    return dirty >= 0 ? rebuild(directory, dirty, 1, transaction) : undefined;
  }

  /** Builds one block in place of two small ones. */
  async function merge(directory: Directory, transaction: Transaction): Promise<number | undefined> {
    const first = smallPairIn(directory);
    return first >= 0 ? rebuild(directory, first, 2, transaction) : undefined;
  }

  /** Builds a block again that names erased feedback. */
  async function removeOne(directory: Directory, transaction: Transaction): Promise<number | undefined> {
    const erased = directory.blocks.findIndex(({ isErased }) => isErased);
    return erased >= 0 ? rebuild(directory, erased, 1, transaction) : undefined;
  }

  /** Marks what notes name, and returns the directory with the marks. */
  async function applyNotes(
    directory: Directory,
    erasedOnly: boolean,
    transaction: Transaction,
  ): Promise<Directory & { hasNotes: boolean }> {
    const notes = await readNotes(models, transaction, { limit: MAX_NOTES, erasedOnly });
    if (notes.length === 0) return { ...directory, hasNotes: false };
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
    const blocks = directory.blocks.map((block) => ({
      ...block,
      isDirty: block.isDirty || touched.dirty.has(block._id) || touched.erased.has(block._id),
      isErased: block.isErased === true || touched.erased.has(block._id),
    }));
    return { ...directory, blocks, hasNotes: true };
  }

  /** Whether more than `count` feedback of some age are stored from a position on. */
  async function isLongerThan(from: Position, count: number, transaction: Transaction): Promise<boolean> {
    const found = walk(from, undefined, transaction, { projection: BY_TIME, skip: count, limit: 1 });
    for await (const _ of found) return true;
    return false;
  }

  /** Reads feedback from a position up to another one; without it, up to those that are too new for a block. */
  async function* walk(
    from: Position,
    to: Position | undefined,
    session: Transaction,
    options: { projection: Record<string, unknown>; skip?: number; limit: number },
  ): AsyncGenerator<Indexed> {
    const max = to ?? { createdAt: new Date(Date.now() - MIN_AGE_MS), id: '' };
    if (comparePositions(max, from) <= 0) return;
    yield* models.feedback.collection.find<Indexed>(
      {},
      {
        ...options,
        ...readIn(session),
        hint: BY_TIME,
        sort: BY_TIME,
        min: { createdAt: from.createdAt, _id: from.id },
        max: { createdAt: max.createdAt, _id: max.id },
        batchSize: READ_BATCH,
      },
    );
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
    const { feedback, isWhole, isFull } = await readBlock(start, to, transaction);
    const _id = randomBytes(9).toString('base64url');
    const { buckets, parts } = await encodeBlock(_id, feedback);
    const block = { _id, from: start, rows: feedback.length, isDirty: false, ...(isFull && { isFull }), buckets };
    const next = feedback.length > 0 ? positionAfter(feedback.at(-1)!) : start;
    const rest = { _id: `${_id}+`, from: next, rows: 0, isDirty: true, buckets: [] };
    await insertAll(models.searchBlocks, to && !isWhole ? [block, rest] : [block], transaction);
    await insertAll(models.searchParts, parts, transaction);
    await remove(replaced, transaction);
    await changeState(models, { hasChanged: true, ...(!to && { end: next }) }, transaction);
    return feedback.length;
  }

  /** Reads the feedback of one block, from a position up to another one. `isWhole`: these are all of them. */
  async function readBlock(start: Position, to: Position | undefined, transaction: Transaction) {
    const feedback: Indexed[] = [];
    let characters = 0;
    for await (const document of walk(start, to, transaction, { projection: INDEXED_FIELDS, limit: sizes.max + 1 })) {
      characters += document.improvements?.length ?? 0;
      if (characters > sizes.characters && feedback.length > 0) return { feedback, isWhole: false, isFull: true };
      feedback.push(document);
    }
    if (feedback.length <= sizes.max) return { feedback, isWhole: true, isFull: false };
    return { feedback: feedback.slice(0, sizes.usual), isWhole: false, isFull: false };
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

/** Takes erased feedback out of the index. Returns once none of it is left. */
export async function removeErased(update: IndexUpdater): Promise<void> {
  while ((await update({ erasedOnly: true })).isWorking);
}
