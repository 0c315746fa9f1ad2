import type mongoose from 'mongoose';
import { compareIds } from '../../aggregates/rankings/compareIds.ts';
import {
  addChanges,
  type BlockChange,
  emptyBlock,
  packBlock,
  unpackBlock,
} from '../../aggregates/rankings/subjectBlock.ts';
import type { Models } from '../database.ts';
import { isDuplicate } from '../mongodb/errors.ts';
import { inTransaction, TransactionAborted } from '../mongodb/inTransaction.ts';
import { yieldEvery } from '../mongodb/yieldEvery.ts';
import { type BlockLimits, limitsFor, type Piece, piecesOf } from './blockPieces.ts';
import { boundsIn, bufferOf, bytesOf, directoryOf, packDirectory, type RankingGroup } from './rankingGroups.ts';
import type { RankingBlock, RankingDirectory } from './rankingSchemas.ts';
import { requirePass } from './rankingState.ts';

/** Max blocks, and max directories, that are read and written together. */
const AT_ONCE = { blocks: 64, directories: 500 };

export interface Application {
  generation: string;
  pass: number;
  /** Another process may have begun this pass, so that some blocks are written already. */
  isRepeated: boolean;
  /** The blocks are not those that are read, so no state says which pass they are in. */
  isBuilding?: boolean;
  limits?: BlockLimits | undefined;
}

type RankingModels = Pick<Models, 'connection' | 'internalState' | 'rankingBlocks' | 'rankingDirectories'>;

/** A block and its changes. `isNew`: the group has no block yet. */
interface Task {
  group: string;
  first: string;
  isNew: boolean;
  changes: BlockChange[];
}

/** A block that becomes none, several, or one with another name; or the first block of a group. */
interface Restructuring {
  task: Task;
  stored: RankingBlock | undefined;
  pieces: Piece[];
}

/**
 * Adds changes to the blocks of their groups. A block is written in one operation with the number of the pass, and is left
 * alone if it has that number already. So a pass may stop at any point and be applied again, by several processes at once,
 * and counts once.
 *
 * A block that has grown too large is split, and one whose first subject is gone gets another name. That changes several
 * blocks and the directory in one transaction, so the directory names exactly the blocks there are. If a name goes, the block
 * before it takes its place in the order of ids, and gets the number of the pass: a repetition must not add the changes of
 * the one to the other. The bounds in the directory follow at the end of the pass.
 *
 * @throws TransactionAborted if another process changed the same blocks; the pass is then applied again
 */
export async function applyChanges(
  models: RankingModels,
  groups: ReadonlyMap<string, BlockChange[]>,
  application: Application,
): Promise<void> {
  const maybeYield = yieldEvery(8);
  const names = [...groups.keys()];
  for (let from = 0; from < names.length; from += AT_ONCE.directories) {
    const some = names.slice(from, from + AT_ONCE.directories);
    const directories = await readDirectories(models, application.generation, some);
    const tasks: Task[] = [];
    for (const group of some) {
      tasks.push(...tasksOf(group, directories.get(group), groups.get(group)!));
      await maybeYield();
    }
    let isWhole = !application.isRepeated;
    for (let index = 0; index < tasks.length; index += AT_ONCE.blocks) {
      const chunk = tasks.slice(index, index + AT_ONCE.blocks);
      isWhole = (await writeBlocks(models, chunk, directories, application)) && isWhole;
    }
    await saveBounds(models, isWhole ? directories : await readBounds(models, some, application), application);
  }
}

async function readDirectories(
  { rankingDirectories }: Pick<Models, 'rankingDirectories'>,
  generation: string,
  groups: readonly string[],
): Promise<Map<string, RankingGroup>> {
  const ids = groups.map((group) => `${generation} ${group}`);
  const found = await rankingDirectories.find({ _id: { $in: ids } }).lean<RankingDirectory[]>();
  return new Map(found.map((one) => [one._id.slice(generation.length + 1), directoryOf(one)]));
}

/** The changes of a group, by the block that they belong in. */
function tasksOf(group: string, directory: RankingGroup | undefined, changes: BlockChange[]): Task[] {
  changes.sort((a, b) => compareIds(a.id, b.id));
  const firsts = directory?.blocks.map(({ first }) => first) ?? [''];
  const tasks: Task[] = [];
  let block = 0;
  for (const change of changes) {
    while (block + 1 < firsts.length && compareIds(firsts[block + 1]!, change.id) <= 0) block++;
    const first = firsts[block]!;
    if (tasks.at(-1)?.first !== first) tasks.push({ group, first, isNew: !directory, changes: [] });
    tasks.at(-1)!.changes.push(change);
  }
  return tasks;
}

/** Writes some blocks, and changes the directories in memory accordingly. Returns whether this process wrote them all. */
async function writeBlocks(
  models: RankingModels,
  tasks: readonly Task[],
  directories: Map<string, RankingGroup>,
  application: Application,
): Promise<boolean> {
  const { generation, pass } = application;
  const { collection } = models.rankingBlocks;
  const idOf = ({ group, first }: Task) => `${generation} ${group} ${first}`;
  const found = await collection.find({ _id: { $in: tasks.map(idOf) as never[] } }).toArray();
  const known = new Map(found.map((block) => [String(block._id), bufferedBlock(block as unknown as RankingBlock)]));
  const writes: mongoose.mongo.AnyBulkWriteOperation[] = [];
  const restructurings: Restructuring[] = [];
  let isWhole = true;
  const maybeYield = yieldEvery(4);
  for (const task of tasks) {
    await maybeYield();
    const stored = known.get(idOf(task));
    if (stored ? stored.pass >= pass : !task.isNew) {
      // Written by another process, or split or renamed by it.
      isWhole = false;
      continue;
    }
    const changed = addChanges(stored ? unpackBlock(stored) : emptyBlock(), task.changes);
    const pieces = piecesOf(task.first, changed, limitsFor(directories.get(task.group), application.limits));
    const [piece] = pieces;
    if (!stored || pieces.length !== 1 || piece!.first !== task.first) restructurings.push({ task, stored, pieces });
    else {
      const replacement = documentOf(piece!, idOf(task), { pass, range: stored.range });
      writes.push({ replaceOne: { filter: { _id: stored._id as never, pass: stored.pass }, replacement } });
      const entry = directories.get(task.group)!.blocks.find(({ first }) => first === task.first)!;
      entry.bounds = piece!.bounds;
    }
  }
  if (writes.length > 0) {
    const { matchedCount } = await collection.bulkWrite(writes, { ordered: false });
    if (matchedCount < writes.length) isWhole = false;
  }
  if (restructurings.length > 0) await restructure(models, restructurings, directories, application);
  return isWhole;
}

const documentOf = ({ block, bounds }: Piece, _id: string, at: { pass: number; range: number }): RankingBlock => ({
  ...{ _id, ...at, ...packBlock(block) },
  bounds: bufferOf(bounds),
});

/** Replaces blocks by others, and names these in the directories, in one transaction. */
async function restructure(
  models: RankingModels,
  restructurings: readonly Restructuring[],
  directories: Map<string, RankingGroup>,
  { generation, pass, isBuilding }: Application,
): Promise<void> {
  const before = new Map(directories);
  for (const { task, pieces } of restructurings) {
    const { blocks, version } = directories.get(task.group) ?? { blocks: [], version: 0 };
    const isFirstChange = directories.get(task.group) === before.get(task.group);
    const others = blocks.filter(({ first }) => first !== task.first);
    directories.set(task.group, {
      blocks: [...others, ...pieces.map(({ first, bounds }) => ({ first, bounds }))].sort((a, b) =>
        compareIds(a.first, b.first),
      ),
      version: isFirstChange ? version + 1 : version,
    });
  }
  const inserted: RankingBlock[] = [];
  const changes: mongoose.mongo.AnyBulkWriteOperation[] = [];
  for (const { task, stored, pieces } of restructurings) {
    const range = directories.get(task.group)!.version;
    const documents = pieces.map((piece) =>
      documentOf(piece, `${generation} ${task.group} ${piece.first}`, { pass, range }),
    );
    inserted.push(...documents.filter(({ _id }) => _id !== stored?._id));
    if (!stored) continue;
    const filter = { _id: stored._id as never, pass: stored.pass };
    const replacement = documents.find(({ _id }) => _id === stored._id);
    changes.push(replacement ? { replaceOne: { filter, replacement } } : { deleteOne: { filter } });
  }
  const groups = new Set(restructurings.map(({ task }) => task.group));
  const heirs = restructurings.flatMap(({ task: { group, first } }) => {
    const { blocks } = directories.get(group)!;
    if (blocks.some((block) => block.first === first)) return [];
    const heir = blocks.findLast((block) => compareIds(block.first, first) < 0)!;
    return [`${generation} ${group} ${heir.first}`];
  });
  await inTransaction(models, async (session) => {
    // A process that was held up must not bring back a group that is gone.
    if (!isBuilding) await requirePass(models, { generation, pass }, session);
    for (const group of groups) {
      const known = before.get(group);
      const update = { ...packDirectory(directories.get(group)!), pass };
      const filter = { _id: `${generation} ${group}` as never };
      const { collection } = models.rankingDirectories;
      const { matchedCount, upsertedCount } = known
        ? await collection.updateOne({ ...filter, version: known.version }, { $set: update }, { session })
        : await collection.updateOne({ ...filter, version: 0 }, { $set: update }, { session, upsert: true });
      if (matchedCount + upsertedCount < 1) throw new TransactionAborted('another process changed a directory');
    }
    const { collection } = models.rankingBlocks;
    if (inserted.length > 0) await collection.insertMany(inserted as never[], { session });
    if (changes.length > 0) {
      const { matchedCount, deletedCount } = await collection.bulkWrite(changes, { session });
      if (matchedCount + deletedCount < changes.length) throw new TransactionAborted('another process changed a block');
    }
    if (heirs.length > 0)
      await collection.updateMany({ _id: { $in: heirs as never[] } }, { $max: { pass } }, { session });
  }).catch((error: unknown) => {
    if (isDuplicate(error)) throw new TransactionAborted('another process inserted the same');
    throw error;
  });
}

/** Reads the bounds of groups from their blocks. */
async function readBounds(
  models: RankingModels,
  groups: readonly string[],
  { generation }: Pick<Application, 'generation'>,
): Promise<Map<string, RankingGroup>> {
  const directories = await readDirectories(models, generation, groups);
  for (const [group, { blocks }] of directories) {
    const ids = blocks.map(({ first }) => `${generation} ${group} ${first}`);
    const found = (await models.rankingBlocks.collection
      .find({ _id: { $in: ids } } as never, { projection: { bounds: 1 } })
      .toArray()) as unknown as Pick<RankingBlock, '_id' | 'bounds'>[];
    const known = new Map(found.map(({ _id, bounds }) => [_id, boundsIn(bounds)]));
    blocks.forEach((entry, index) => {
      entry.bounds = known.get(ids[index]!) ?? entry.bounds;
    });
  }
  return directories;
}

/** Saves the bounds of directories that have not changed since, neither in their blocks nor by a later pass. */
async function saveBounds(
  { rankingDirectories }: Pick<Models, 'rankingDirectories'>,
  directories: ReadonlyMap<string, RankingGroup>,
  { generation, pass }: Application,
): Promise<void> {
  const writes = [...directories].map(([group, directory]) => ({
    updateOne: {
      filter: { _id: `${generation} ${group}` as never, version: directory.version, pass: { $lte: pass } },
      update: { $set: { bounds: packDirectory(directory).bounds, pass } },
    },
  }));
  if (writes.length > 0) await rankingDirectories.collection.bulkWrite(writes, { ordered: false });
}

/** A block with buffers in place of what the driver gives. */
export const bufferedBlock = (block: RankingBlock): RankingBlock => ({
  ...block,
  columns: bytesOf(block.columns),
  themes: block.themes.map((one) => ({ ...one, data: bytesOf(one.data) })),
  answers: block.answers.map((one) => ({ ...one, data: bytesOf(one.data) })),
});
