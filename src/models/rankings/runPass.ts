import type { BlockChange } from '../../aggregates/rankings/subjectBlock.ts';
import type { RankedKey, SubjectChange, SubjectFigures } from '../../aggregates/rankings/subjectChange.ts';
import { keysOfPart, partsUnder } from '../aggregates/aggregateSchema.ts';
import { pathOf, readParts } from '../aggregates/readTotals.ts';
import type { Models } from '../database.ts';
import { yieldEvery } from '../mongodb/yieldEvery.ts';
import { applyChanges } from './applyChanges.ts';
import type { BlockLimits } from './blockPieces.ts';
import { deleteNotes } from './deleteNotes.ts';
import { changesOf } from './noteChanges.ts';
import { groupOf, groupsOf } from './rankingGroups.ts';
import type { RankingChange } from './rankingSchemas.ts';
import { changeRankingState, readRankingState } from './rankingState.ts';

/** Max changes that one pass applies. A first note with more changes is applied alone. */
export const MAX_CHANGES = 40_000;
/** Max notes that one pass applies. */
const MAX_NOTES = 4_000;
/** Max subjects whose latest time is looked up in one query. */
const LOST_AT_ONCE = 64;

/**
 * Adds the next noted changes to the rankings:
 *
 * 1. Name the notes of the pass in the state, unless a pass is under way. That one is then joined.
 * 2. Read the notes, and add them to the blocks (`applyChanges.ts`).
 * 3. Delete the notes, and say in the state that the pass has ended.
 *
 * If the process ends at any point, the next call joins the pass: a block that has it already is left alone. Any number of
 * processes may call it.
 *
 * @returns the number of changes of the pass, 1 at least; 0 if nothing is noted, and undefined if the rankings are not built yet
 */
export async function runPass(models: Models, limits?: BlockLimits): Promise<number | undefined> {
  const state = await readRankingState(models);
  const { generation, pass: last } = state;
  if (generation === null) return undefined;
  let { notes } = state;
  let pass = last;
  const isRepeated = notes !== null;
  if (notes === null) {
    notes = await nextNotes(models);
    if (notes.length === 0) return 0;
    pass = last + 1;
    const expected = { generation, pass: last, notes: null, building: null };
    // Another process was faster. The next call joins its pass.
    if (!(await changeRankingState(models, expected, { pass, notes }))) return 1;
  }
  const found = await models.rankingChanges.find({ _id: { $in: notes } }).lean<RankingChange[]>();
  const groups = await groupChanges(models, found);
  await applyChanges(models, groups, { generation, pass, isRepeated, limits });
  await deleteNotes(models, notes);
  await changeRankingState(models, { generation, pass }, { notes: null });
  // A pass that was joined may have deleted its notes already, while others wait.
  return Math.max(
    1,
    found.reduce((sum, { rows }) => sum + rows, 0),
  );
}

async function nextNotes({ rankingChanges }: Models): Promise<RankingChange['_id'][]> {
  const found = await rankingChanges
    .find({}, { rows: 1 })
    .sort({ _id: 1 })
    .limit(MAX_NOTES)
    .lean<Pick<RankingChange, '_id' | 'rows'>[]>();
  let sum = 0;
  return found
    .filter(({ rows }, index) => {
      sum += rows;
      return index === 0 || sum <= MAX_CHANGES;
    })
    .map(({ _id }) => _id);
}

/** The changes of notes, one for each subject and group. */
async function groupChanges(models: Models, notes: readonly RankingChange[]): Promise<Map<string, BlockChange[]>> {
  const sums = createGroupedChanges();
  const lostKeys = new Map<string, RankedKey>();
  const maybeYield = yieldEvery(4);
  for (const note of notes) {
    await maybeYield();
    const read = changesOf(note);
    for (const change of read.changes) sums.add(change);
    for (const key of read.lost) lostKeys.set(`${key.level} ${key.id} ${key.orgId ?? ''}`, key);
  }
  const lost = [...lostKeys.values()];
  // After all notes were read: the latest time that is found now is no older than they are.
  for (let from = 0; from < lost.length; from += LOST_AT_ONCE)
    for (const [key, latest] of await latestTimes(models, lost.slice(from, from + LOST_AT_ONCE)))
      for (const group of groupsOf(key)) {
        // Everyone's group counts the same user in other orgs, too.
        const isOfAll = group === groupOf(key.level, undefined) && key.level !== 'org';
        sums.setLatest(group, key.id, isOfAll ? latest.ofAll : latest.inOrg);
      }
  return sums.groups();
}

async function latestTimes(
  models: Models,
  keys: readonly RankedKey[],
): Promise<[RankedKey, { inOrg: number; ofAll: number }][]> {
  const parts = await readParts(models, { $or: keys.flatMap(({ level, id }) => partsUnder(pathOf({ level, id }))) });
  const bySubject = new Map<string, { lastMs: number; orgId: string | null }[]>();
  for (const part of parts)
    for (const { kind, id, orgId } of keysOfPart(part)) {
      const name = `${kind} ${id}`;
      const times = bySubject.get(name) ?? [];
      bySubject.set(name, times);
      times.push({ lastMs: part.lastAt?.getTime() ?? 0, orgId });
    }
  return keys.map((key) => {
    const times = bySubject.get(`${key.level} ${key.id}`) ?? [];
    const latest = (some: typeof times) => some.reduce((max, { lastMs }) => Math.max(max, lastMs), 0);
    return [key, { ofAll: latest(times), inOrg: latest(times.filter(({ orgId }) => orgId === key.orgId)) }];
  });
}

/** Sums of changes, by group and subject. */
export function createGroupedChanges() {
  const all = new Map<string, Map<string, BlockChange>>();
  let size = 0;

  const changeIn = (group: string, id: string) => all.get(group)?.get(id);

  function set(group: string, change: BlockChange): void {
    const changes = all.get(group) ?? new Map<string, BlockChange>();
    all.set(group, changes.set(change.id, change));
    size++;
  }

  return {
    size: () => size,
    add(change: SubjectChange): void {
      for (const key of change.subjects)
        for (const group of groupsOf(key)) {
          const known = changeIn(group, key.id);
          const { sums, lastAt, themes, answers } = change;
          if (known) addFigures(known, change);
          else set(group, { id: key.id, sums: [...sums], lastAt, themes: [...themes], answers: [...answers] });
        }
    },
    setLatest(group: string, id: string, latest: number): void {
      const known = changeIn(group, id);
      if (known) known.latest = latest;
      else set(group, { id, sums: [], lastAt: 0, themes: [], answers: [], latest });
    },
    groups: (): Map<string, BlockChange[]> =>
      new Map([...all].map(([group, changes]) => [group, [...changes.values()]])),
  };
}

function addFigures(sum: SubjectFigures, { sums, lastAt, themes, answers }: SubjectFigures): void {
  sums.forEach((value, column) => {
    sum.sums[column] = (sum.sums[column] ?? 0) + value;
  });
  sum.lastAt = Math.max(sum.lastAt, lastAt);
  addPairs(sum.themes, themes);
  addPairs(sum.answers, answers);
}

function addPairs<Entry extends [string, ...number[]]>(sum: Entry[], more: readonly Entry[]): void {
  for (const entry of more) {
    const index = sum.findIndex(([name]) => name === entry[0]);
    if (index < 0) sum.push(entry);
    else
      sum[index] = entry.map((value, at) =>
        at === 0 ? value : (value as number) + (sum[index]![at] as number),
      ) as Entry;
  }
}
