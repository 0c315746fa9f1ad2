import { randomBytes } from 'node:crypto';
import { figuresIn, RANKED_LEVELS, type RankedLevel } from '../../aggregates/rankings/subjectChange.ts';
import { type AggregateDocument, keysOfPart } from '../aggregates/aggregateSchema.ts';
import { totalsOf } from '../aggregates/readTotals.ts';
import type { Models } from '../database.ts';
import { inTransaction } from '../mongodb/inTransaction.ts';
import { withSnapshotHistory } from '../mongodb/withSnapshotHistory.ts';
import { yieldEvery } from '../mongodb/yieldEvery.ts';
import { applyChanges } from './applyChanges.ts';
import { deleteNotes, IDS_AT_ONCE } from './deleteNotes.ts';
import { changeRankingState, createRankingState, type RankingState, readRankingState } from './rankingState.ts';
import { createGroupedChanges } from './runPass.ts';

/** Max subjects whose changes are held in memory. */
const AT_ONCE = 50_000;
/** Time after which another process takes the building over. */
const LEASE_MS = 60_000;

/**
 * Builds the rankings from the aggregates, if there are none, as a new generation of blocks. Returns whether they are ready:
 * false while another process builds them.
 *
 * Parts of aggregates add up, so they are added to the blocks as changes are, in any order. They are read in one snapshot,
 * with the notes of the changes that they contain. The notes are deleted in the transaction that makes the blocks current.
 */
export async function buildRankings(
  models: Models,
  { isStopping = () => false, atOnce = AT_ONCE }: BuildOptions = {},
): Promise<boolean> {
  await createRankingState(models);
  const before = await readRankingState(models);
  if (before.generation !== null) return true;
  if (before.building && Math.abs(Date.now() - before.building.at.getTime()) < LEASE_MS) return false;
  const generation = randomBytes(4).toString('hex');
  const lease = () => ({ by: generation, at: new Date() });
  const expected = { generation: null, building: before.building ?? null };
  if (!(await changeRankingState(models, expected, { building: lease() }))) return false;
  const own = { 'building.by': generation } as object;
  const renew = async () => {
    if (isStopping()) throw new BuildStopped('this process stops');
    if (!(await changeRankingState(models, own, { building: lease() })))
      throw new BuildStopped('another process builds the rankings');
  };
  try {
    await forgetNotes(models, own, lease);
    const { pass, notes } = await withSnapshotHistory(models, () => addAllParts(models, { generation, atOnce, renew }));
    const isCurrent = await inTransaction(models, async (session) => {
      const change = { generation, pass, notes: null, building: null };
      if (!(await changeRankingState(models, own, change, { session }))) return false;
      await deleteNotes(models, notes, session);
      return true;
    });
    if (isCurrent) await removeOtherGenerations(models, generation);
    return isCurrent;
  } catch (error) {
    // So that the next attempt need not wait for the end of the lease.
    await changeRankingState(models, own, { building: null }).catch(() => {});
    if (error instanceof BuildStopped) return false;
    throw error;
  }
}

/**
 * Deletes most notes before there are rankings. The parts that are read after it contain their changes. A hundred thousand
 * of them would be too many for the transaction that makes the blocks current.
 */
async function forgetNotes(
  models: Models,
  own: Partial<RankingState>,
  lease: () => NonNullable<RankingState['building']>,
): Promise<void> {
  for (let count = IDS_AT_ONCE; count === IDS_AT_ONCE; )
    count = await inTransaction(models, async (session) => {
      // Another process that has built the rankings needs its notes.
      if (!(await changeRankingState(models, own, { building: lease() }, { session })))
        throw new BuildStopped('another process builds the rankings');
      const found = await models.rankingChanges.find({}, { _id: 1 }, { session }).limit(IDS_AT_ONCE).lean();
      if (found.length === IDS_AT_ONCE)
        await deleteNotes(
          models,
          found.map(({ _id }) => _id),
          session,
        );
      return found.length;
    });
}

interface BuildOptions {
  /** Ends the building soon. What was built is built again later. */
  isStopping?: () => boolean;
  /** max subjects whose changes are held in memory */
  atOnce?: number;
}

class BuildStopped extends Error {
  override name = 'BuildStopped';
}

async function addAllParts(
  models: Models,
  { generation, atOnce, renew }: { generation: string; atOnce: number; renew: () => Promise<void> },
) {
  const session = await models.connection.startSession({ snapshot: true });
  // The connection's read concern would override the session's.
  const snapshot = { session, readConcern: { level: 'snapshot' as const } };
  let changes = createGroupedChanges();
  let pass = 0;
  const apply = async () => {
    pass++;
    await applyChanges(models, changes.groups(), { generation, pass, isRepeated: false, isBuilding: true });
    changes = createGroupedChanges();
    await renew();
  };
  try {
    const notes = await models.rankingChanges.find({}, { _id: 1 }, snapshot).lean<{ _id: never }[]>();
    const parts = models.aggregates
      .find({ kind: { $in: RANKED_LEVELS } }, null, snapshot)
      // Subjects in order change few blocks at once.
      .sort({ _id: 1 })
      .lean<AggregateDocument[]>()
      .cursor({ batchSize: 1_000 });
    const maybeYield = yieldEvery(100);
    for await (const part of parts) {
      await maybeYield();
      const { delta, lastAt } = totalsOf(part);
      const subjects = keysOfPart(part)
        .filter(({ kind }) => (RANKED_LEVELS as readonly string[]).includes(kind))
        .map(({ kind, id, orgId }) => ({ level: kind as RankedLevel, id, orgId }));
      changes.add({ subjects, ...figuresIn(delta, lastAt) });
      if (changes.size() >= atOnce) await apply();
    }
    await apply();
    return { pass, notes: notes.map(({ _id }) => _id) };
  } finally {
    await session.endSession();
  }
}

/** Removes blocks of earlier generations, and those of builders that were lost. */
export async function removeOtherGenerations(
  models: Pick<Models, 'rankingBlocks' | 'rankingDirectories'>,
  generation: string,
): Promise<void> {
  const others = { _id: { $not: { $gte: `${generation} `, $lt: `${generation}!` } } };
  await models.rankingBlocks.deleteMany(others);
  await models.rankingDirectories.deleteMany(others);
}
