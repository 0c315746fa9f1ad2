import { setTimeout as sleep } from 'node:timers/promises';
import type { Models } from '../database.ts';
import { inTransaction, TransactionAborted } from '../mongodb/inTransaction.ts';
import { buildRankings, removeOtherGenerations } from './buildRankings.ts';
import { IDS_AT_ONCE } from './deleteNotes.ts';
import { groupOf } from './rankingGroups.ts';
import { changeRankingState, readRankingState, requirePass } from './rankingState.ts';
import { runPass } from './runPass.ts';

const PAUSE_MS = 200;

/**
 * Waits until the rankings contain every change that is noted now, so that nothing of erased subjects is left in blocks
 * and notes. Applies changes itself, so it needs no other worker. Returns false if it is to stop before.
 */
export async function settleRankings(models: Models, isStopping: () => boolean): Promise<boolean> {
  const noted = await models.rankingChanges.find({}, { _id: 1 }).lean();
  const ids = noted.map(({ _id }) => _id);
  /** Whether one of the notes is still there. Forgets those that are not. */
  const isAnyLeft = async () => {
    while (ids.length > 0) {
      if (await models.rankingChanges.exists({ _id: { $in: ids.slice(-IDS_AT_ONCE) } })) return true;
      ids.splice(-IDS_AT_ONCE);
    }
    return false;
  };
  while (!isStopping()) {
    const { generation, notes } = await readRankingState(models);
    if (notes === null && !(await isAnyLeft())) {
      // A builder that was lost may have left blocks with the names of what is erased.
      if (generation !== null) await removeOtherGenerations(models, generation);
      return true;
    }
    try {
      if ((await runPass(models)) === undefined && !(await buildRankings(models, { isStopping })))
        await sleep(PAUSE_MS);
    } catch (error) {
      if (!(error instanceof TransactionAborted)) throw error;
    }
  }
  return false;
}

/** Removes the groups of an org, whose names contain its id, unless they have subjects. Returns false if it is to stop before. */
export async function eraseOrgRankings(models: Models, orgId: string, isStopping: () => boolean): Promise<boolean> {
  const groups = (['user', 'session'] as const).map((level) => groupOf(level, orgId));
  while (!isStopping()) {
    const { generation, pass: last, notes } = await readRankingState(models);
    if (generation === null) return true;
    // A pass of its own, so that no other changes the groups.
    const pass = last + 1;
    const isOwn =
      notes === null &&
      (await changeRankingState(models, { generation, pass: last, notes: null, building: null }, { pass, notes: [] }));
    if (!isOwn) {
      if (!(await settleRankings(models, isStopping))) return false;
      continue;
    }
    try {
      await inTransaction(models, async (session) => {
        await requirePass(models, { generation, pass }, session);
        for (const group of groups) {
          const _id = `${generation} ${group}`;
          const block = { _id: `${_id} `, rows: 0 };
          const isEmpty = await models.rankingDirectories.exists({ _id, firsts: '' }).session(session);
          if (!isEmpty || !(await models.rankingBlocks.exists(block).session(session))) continue;
          await models.rankingDirectories.deleteOne({ _id }, { session });
          await models.rankingBlocks.deleteOne(block, { session });
        }
        await changeRankingState(models, { generation, pass }, { notes: null }, { session });
      });
      return true;
    } catch (error) {
      if (!(error instanceof TransactionAborted)) throw error;
    }
  }
  return false;
}
